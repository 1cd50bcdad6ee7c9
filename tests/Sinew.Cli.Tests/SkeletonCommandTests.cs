using System.Text.Json;
using System.Xml.Linq;

namespace Sinew.Cli.Tests;

public class SkeletonCommandTests
{
    [Fact]
    public void ListNamesTheBuiltInSkeletonsWithTheirJointCounts()
    {
        using var json = Json("skeleton", "list", "--json", "-");

        var counts = json.RootElement.GetProperty("skeletons").EnumerateArray()
            .ToDictionary(s => s.GetProperty("name").GetString()!, s => s.GetProperty("joints").GetInt32());

        Assert.Equal(17, counts["coco17"]);
        Assert.Equal(16, counts["mpii16"]);
        Assert.Equal(21, counts["body21"]);
        Assert.Equal(133, counts["coco-wholebody133"]);
        Assert.Equal(26, counts["halpe26"]);
    }

    [Fact]
    public void APictureOfJointsThatNoFigureHasTellsTheirSidesBySwaps()
    {
        using var folder = new Sinew.TestSupport.TempFolder();
        var own = folder.Write("own.yaml", """
            name: horse
            joints:
              - {name: muzzle, sigma: 0.1}
              - {name: right_fore, swap: left_fore, sigma: 0.1}
              - {name: left_fore, swap: right_fore, sigma: 0.1}
              - {name: ear_near, swap: ear_far, sigma: 0.1}
              - {name: ear_far, swap: ear_near, sigma: 0.1}
            """);
        Assert.Equal(0, SinewCommand.Run("skeleton", "show", own, "--svg", folder.File("own.svg")).ExitCode);
        var svg = XDocument.Load(folder.File("own.svg")).Root!;
        string Ink(string joint) => svg.Elements().First(e => e.Value.EndsWith($" {joint}", StringComparison.Ordinal)).Attribute("fill")!.Value;
        string[] meanings = [.. svg.Elements().Where(e => (string?)e.Attribute("class") == "meaning").Select(e => e.Value)];
        Assert.Equal(["left", "right", "midline"], meanings);
        string[] inks = [.. svg.Elements().Where(e => (string?)e.Attribute("r") == "4").Select(e => e.Attribute("fill")!.Value)];
        Assert.Equal((inks[2], inks[1], inks[0], inks[0], inks[1]), (Ink("muzzle"), Ink("right_fore"), Ink("left_fore"), Ink("ear_near"), Ink("ear_far")));
    }

    [Fact]
    public void UnionOfCocoAndMpiiHas21JointsOf12SharedAnd5And4OfTheirOwn()
    {
        using var json = Json("skeleton", "union", "coco17", "mpii16", "--json", "-");
        var root = json.RootElement;

        Assert.Equal(21, root.GetProperty("joints").GetArrayLength());
        Assert.Equal(12, root.GetProperty("shared").GetArrayLength());
        Assert.Equal(
            ["nose", "left_eye", "right_eye", "left_ear", "right_ear"],
            root.GetProperty("unique").GetProperty("coco17").EnumerateArray().Select(j => j.GetString()!));
        Assert.Equal(
            ["pelvis", "thorax", "upper_neck", "head_top"],
            root.GetProperty("unique").GetProperty("mpii16").EnumerateArray().Select(j => j.GetString()!));
        Assert.Equal(Enumerable.Range(0, 17), root.GetProperty("mappings").GetProperty("coco17").EnumerateArray().Select(j => j.GetInt32()));
        var toMpii = root.GetProperty("mappings").GetProperty("mpii16").EnumerateArray().Select(j => j.GetInt32()).ToArray();
        Assert.Equal("right_ankle", root.GetProperty("joints")[toMpii[0]].GetProperty("name").GetString());
    }

    [Fact]
    public void AFileOfOnesOwnIsAMemberLikeAnyOther()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("mine.yaml"), """
            name: mine
            joints:
              - { name: nose, sigma: 0.026 }
              - { name: tail, sigma: 0.1, parent: nose }
            """);

        using var json = Json("skeleton", "union", "coco17", folder.File("mine.yaml"), "--json", "-");

        Assert.Equal(18, json.RootElement.GetProperty("joints").GetArrayLength());
        Assert.Equal("tail", json.RootElement.GetProperty("unique").GetProperty("mine")[0].GetString());
    }

    [Fact]
    public void AMemberGivenTwiceSharesAllItsJoints()
    {
        using var json = Json("skeleton", "union", "lsp14", "lsp14", "--json", "-");

        Assert.Equal(14, json.RootElement.GetProperty("shared").GetArrayLength());
        Assert.Equal(["lsp14", "lsp14#2"], json.RootElement.GetProperty("mappings").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void ShowDrawsEveryJointOnceInTheTree()
    {
        var result = SinewCommand.Run("skeleton", "show", "mpii16");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(17, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("6 pelvis", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coco17")]
    [InlineData("coco-wholebody133")]
    [InlineData("mpii-trb40")]
    [InlineData("jhmdb15")]
    public void ThePictureHasEveryJointAndLimbInsideItsFrame(string name)
    {
        using var folder = new TemporaryFolder();
        using var json = Json("skeleton", "show", name, "--json", "-");

        Assert.Equal(0, SinewCommand.Run("skeleton", "show", name, "--svg", folder.File("s.svg")).ExitCode);

        XNamespace svg = "http://www.w3.org/2000/svg";
        var root = XDocument.Load(folder.File("s.svg")).Root!;
        var frame = ((string)root.Attribute("viewBox")!).Split(' ').Select(double.Parse).ToArray();
        var joints = root.Elements(svg + "circle").Where(c => c.Element(svg + "title") is not null).ToArray();
        Assert.Equal(json.RootElement.GetProperty("joints").GetArrayLength(), joints.Length);
        Assert.Equal(json.RootElement.GetProperty("limbs").GetArrayLength(), root.Elements(svg + "line").Count());
        Assert.All(joints, joint =>
        {
            Assert.InRange((double)joint.Attribute("cx")!, frame[0], frame[0] + frame[2]);
            Assert.InRange((double)joint.Attribute("cy")!, frame[1], frame[1] + frame[3]);
        });
        var places = joints.Select(j => ((double)j.Attribute("cx")!, (double)j.Attribute("cy")!)).Distinct().Count();
        Assert.Equal(joints.Length, places);
    }

    [Fact]
    public void CheckFindsAllBuiltInSkeletonsGood()
    {
        var result = SinewCommand.Run("skeleton", "check");

        Assert.Equal(0, result.ExitCode);
        Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(": good", line, StringComparison.Ordinal));
    }

    [Fact]
    public void CheckReportsAOneSidedSwapAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("bad.yaml"), """
            name: bad
            joints:
              - { name: left_eye, sigma: 0.026, swap: right_eye }
              - { name: right_eye, sigma: 0.026 }
            """);

        var result = SinewCommand.Run("skeleton", "check", folder.File("bad.yaml"), "coco17", "--json", "-");

        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.False(json.RootElement.GetProperty("good").GetBoolean());
        var findings = json.RootElement.GetProperty("skeletons").EnumerateArray().Select(s => s.GetProperty("findings").GetArrayLength());
        Assert.Equal([1, 0], findings);
    }

    [Fact]
    public void AnUnknownSkeletonIsOneLineThatNamesTheKnownOnes()
    {
        var result = SinewCommand.Run("skeleton", "show", "coco18");

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Matches("^sinew: 'coco18' .*coco17.*\n$", result.Error);
    }

    private static JsonDocument Json(params string[] args)
    {
        var result = SinewCommand.Run(args);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return JsonDocument.Parse(result.Output);
    }
}
