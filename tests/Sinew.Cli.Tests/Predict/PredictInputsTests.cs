using Sinew.Cli.Predict;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Predict;

public sealed class PredictInputsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PredictInputsTests()
    {
        foreach (var file in new[] { "b.JPG", "a.png", "notes.txt", "sub/c.webp", "sub/deep/d.jpeg", "sub/film.mp4", ".hidden/e.jpg", "out/a.png", "z/a.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllText(_folder.File(file), "x");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_read_with_all_below_but_for_the_results() =>
        Assert.Equal(["a.png", "b.JPG", "sub/c.webp", "sub/deep/d.jpeg", "sub/film.mp4", "z/a.png"], Found(_folder.FullName));

    [Theory]
    [InlineData("*.png", "a.png")]
    [InlineData("sub/*", "sub/c.webp", "sub/film.mp4")]
    [InlineData("**/*.png", "z/a.png", "a.png")]
    [InlineData("**/d.*", "sub/deep/d.jpeg")]
    [InlineData("sub/**", "sub/c.webp", "sub/deep/d.jpeg", "sub/film.mp4")]
    [InlineData("?/a.png", "z/a.png")]
    [InlineData("*.tif")]
    public void A_pattern_is_matched_here_where_the_shell_did_not(string pattern, params string[] expected) => Assert.Equal(expected, Found(_folder.File(pattern)));

    [Fact]
    public void A_circle_of_links_has_an_end()
    {
        Directory.CreateSymbolicLink(_folder.File("sub/up"), _folder.FullName);
        Assert.Equal(6, Found(_folder.FullName).Length);
    }

    [Fact]
    public void Everything_else_is_told_by_its_name()
    {
        var picture = _folder.File("picture");
        File.WriteAllBytes(picture, [0xFF, 0xD8, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        var inputs = new PredictInputs([picture, _folder.File("notes.txt"), "https://example.org/a/b.jpg?x=1", "camera:0", "/dev/video7"], null).All().ToArray();
        Assert.Equal([InputKind.Picture, InputKind.Video, InputKind.Web, InputKind.Camera, InputKind.Camera], inputs.Select(i => i.Kind));
        Assert.Equal(["picture", "notes", "b", "camera-0", Path.Combine("dev", "video7")], inputs.Select(i => i.Relative));
        Assert.True(new PredictInputs(["camera:0"], null).AllCameras);
        Assert.Empty(new PredictInputs(["no-such-name-*.jpg"], _folder.File("out")).All());
        Assert.Contains("no such file or folder", Assert.Throws<SinewException>(() => new PredictInputs([_folder.File("nobody.jpg")], null)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file or folder", Assert.Throws<SinewException>(() => new PredictInputs([_folder.File("nowhere/*.jpg")], null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("..", "picture")]
    [InlineData("a:b/c", "a_b/c")]
    public void No_drawing_leaves_its_folder(string name, string expected) => Assert.Equal(expected.Replace('/', Path.DirectorySeparatorChar), PredictInput.Below(name));

    [Fact]
    public void Two_inputs_never_share_a_drawing()
    {
        var names = new DrawnNames("o", []);
        string[] drawn = [.. new[] { "a.jpg", "b.jpg", "a.png", "a.jpg" }.Select(n => names.Next(new PredictInput(n, Path.ChangeExtension(n, null), InputKind.Picture)))];
        Assert.Equal(["o/a.png", "o/b.png", "o/a.png.png", "o/a.jpg.png"], drawn.Select(d => d.Replace('\\', '/')));
    }

    [Fact]
    public void No_input_is_drawn_over_whatever_way_leads_to_it()
    {
        foreach (var name in new[] { "a.png", "b.mp4", "real.png" }) _folder.Write(name, "mine");
        File.CreateSymbolicLink(_folder.File("link.png"), _folder.File("real.png"));
        Directory.CreateSymbolicLink(_folder.File("other"), _folder.FullName);
        PredictInput[] inputs =
        [
            new(_folder.File("other/a.png"), "a", InputKind.Picture), new(_folder.File("b.mp4"), "b", InputKind.Video), new(_folder.File("real.png"), "link", InputKind.Picture),
            new("https://example.org/b.png", "b", InputKind.Web), new(_folder.File("c.jpg"), "c", InputKind.Picture),
        ];
        var names = new DrawnNames(_folder.FullName, inputs);
        Assert.Equal(["a.png.png", "b.mp4.mp4", "link.png.png", "b.png.png", "c.png"], inputs.Select(i => Path.GetFileName(names.Next(i))));
    }

    private string[] Found(string name) =>
        [.. new PredictInputs([name], _folder.File("out")).All().Select(i => Path.GetRelativePath(_folder.FullName, i.Name).Replace('\\', '/'))];
}
