using System.IO.Compression;
using System.Text;
using Sinew.Evaluation;

namespace Sinew.Tests.Evaluation;

/// <summary>Files that scipy wrote (bench/peers/make_mat_fixtures.py).</summary>
public class MatFileTests
{
    [Theory]
    [InlineData("kinds.mat")]
    [InlineData("kinds-plain.mat")]
    public void EveryKindOfArrayIsRead(string name)
    {
        var file = MatFile.Read(Fixture.Path(name));
        var doubles = file.Numbers("doubles");
        Assert.Equal([2, 3, 4], doubles.Dimensions);
        // Element (1, 2, 3) of an array that counts its elements in C order; MATLAB's first index runs fastest.
        Assert.Equal(((1 * 12) + (2 * 4) + 3) / 8.0, doubles.Values[1 + (2 * 2) + (3 * 6)]);
        Assert.Equal([0, 1, 2, 3, 4], file.Numbers("bytes").Values);
        Assert.Equal([-7, 70000], file.Numbers("ints").Values);
        Assert.Equal([-Math.Pow(2, 40)], file.Numbers("longs").Values);
        Assert.Equal([0.5, 1.25], file.Numbers("singles").Values);
        Assert.Equal(["a line of text"], Assert.IsType<MatText>(file.Variables["words"]).Rows);
        Assert.Equal(["ab", "cd"], Assert.IsType<MatText>(file.Variables["rows"]).Rows);
        var cells = Assert.IsType<MatCells>(file.Variables["cells"]).Cells;
        Assert.Equal([1, 3, 2, 4], Assert.IsType<MatNumbers>(cells[0]).Values);
        Assert.Equal(["text"], Assert.IsType<MatText>(cells[1]).Rows);
        Assert.Equal([1, 0], Assert.IsType<MatNumbers>(cells[2]).Values);
        var people = Assert.IsType<MatStructs>(file.Variables["people"]).Elements;
        Assert.Equal(["first"], Assert.IsType<MatText>(people[0]["name"]).Rows);
        Assert.Equal([1.5, 2.5], Assert.IsType<MatNumbers>(people[0]["box"]).Values);
        Assert.Equal(["second"], Assert.IsType<MatText>(people[1]["name"]).Rows);
        Assert.Empty(Assert.IsType<MatNumbers>(people[1]["box"]).Values);
    }

    [Fact]
    public void MpiisFileGivesLabelsAndHeadSizes()
    {
        var labels = MpiiScoring.ReadLabels(Fixture.Path("mpii.mat"));
        Assert.Equal(3, labels.Count);
        // Head boxes of 30 × 40 pixels and two and three times that: 0.6 of the diagonal.
        Assert.Equal([30, 60, 90], labels.HeadSizes!.Select(s => Math.Round(s, 9)));
        Assert.False(labels.LabelledOf(1)[0]);
        Assert.False(labels.LabelledOf(2)[9]);
        Assert.Equal(46, labels.LabelledCounts.Sum());
        var positions = MatFile.Read(Fixture.Path("mpii.mat")).Numbers("pos_gt_src").Values;
        Assert.Equal(positions[5 + (16 * 1) + (32 * 2)] - 1, labels.KeypointsOf(2)[11]);
    }

    [Fact]
    public void HeadBoxesOfAnotherSetAreRefused()
    {
        using var fixture = new Fixture();
        var joints = string.Join(',', Enumerable.Repeat("[10, 20]", 16));
        var visible = string.Join(',', Enumerable.Repeat("1", 16));
        var person = $$"""{"image": "1.jpg", "center": [50, 60], "scale": 1.5, "joints": [{{joints}}], "joints_vis": [{{visible}}]}""";
        var three = fixture.Write("three.json", $"[{person}, {person}, {person}]");
        Assert.Equal([30, 60, 90], MpiiScoring.ReadLabels(three, Fixture.Path("mpii.mat")).HeadSizes!.Select(s => Math.Round(s, 9)));
        var two = fixture.Write("two.json", $"[{person}, {person}]");
        Assert.Contains("3 head boxes", Assert.Throws<SinewException>(() => MpiiScoring.ReadLabels(two, Fixture.Path("mpii.mat"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 16, 2, 2 }, new[] { 16, 2 }, new[] { 2, 2, 2 }, 40, "")]
    [InlineData(new[] { 16, 2, 2 }, new[] { 16, 2 }, new[] { 2, 2 }, 40, "1 head boxes for 2 people")]
    [InlineData(new[] { 16, 2, 2 }, new[] { 16, 2 }, new[] { 4, 2 }, 40, "headboxes_src is not [2, 2, people]")]
    [InlineData(new[] { 2, 16, 2 }, new[] { 16, 2 }, new[] { 2, 2, 2 }, 40, "pos_gt_src is not [16, 2, people]")]
    [InlineData(new[] { 16, 2, 2 }, new[] { 2, 16 }, new[] { 2, 2, 2 }, 40, "jnt_missing is not [16, people]")]
    [InlineData(new[] { 16, 2, 2 }, new[] { 16, 1 }, new[] { 2, 2, 2 }, 40, "jnt_missing is of 1 people")]
    [InlineData(new[] { 16, 2, 2 }, new[] { 16, 2 }, new[] { 2, 2, 2 }, double.NaN, "head box of person 0")]
    public void MpiisArraysMustFitEachOther(int[] positions, int[] missing, int[] heads, double head, string message)
    {
        using var fixture = new Fixture();
        var corners = Enumerable.Range(0, heads.Aggregate((a, b) => a * b)).Select(i => i % 2 * head).ToArray();
        var path = Write(
            fixture, Doubles("pos_gt_src", positions, [.. Enumerable.Range(0, 64).Select(i => (double)i)]), Doubles("jnt_missing", missing, new double[missing[0] * missing[1]]),
            Doubles("headboxes_src", heads, corners));
        if (message.Length == 0) Assert.Equal(2, MpiiScoring.ReadLabels(path).HeadSizes!.Length);
        else Assert.Contains(message, Assert.Throws<SinewException>(() => MpiiScoring.ReadLabels(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallFilesTakeLittleMemoryWhateverSizesTheyState()
    {
        using var fixture = new Fixture();
        var file = MatFile.Read(Write(
            fixture, Matrix(4, [200_000_000, 0], "text", Element(16, [])), Matrix(2, [1, 1 << 29], "structs", Element(5, [32, 0, 0, 0]), Element(1, []))));
        Assert.Empty(Assert.IsType<MatText>(file.Variables["text"]).Rows);
        Assert.Empty(Assert.IsType<MatStructs>(file.Variables["structs"]).Elements);
        var zipped = new MemoryStream();
        using (var zip = new ZLibStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(Matrix(9, [40_000_000, 1], "zeros", Element(2, new byte[40_000_000])));
        var path = Write(fixture, [.. BitConverter.GetBytes(15), .. BitConverter.GetBytes((int)zipped.Length), .. zipped.ToArray()]);
        Assert.Contains("more than 256 MB", Assert.Throws<SinewException>(() => MatFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private static string Write(Fixture fixture, params byte[][] variables)
    {
        var header = new byte[128];
        (header[125], header[126], header[127]) = (1, (byte)'I', (byte)'M');
        var path = fixture.Write("made.mat", "");
        File.WriteAllBytes(path, [.. header, .. variables.SelectMany(v => v)]);
        return path;
    }

    private static byte[] Doubles(string name, int[] dimensions, double[] values) => Matrix(6, dimensions, name, Element(9, [.. values.SelectMany(BitConverter.GetBytes)]));

    private static byte[] Matrix(int kind, int[] dimensions, string name, params byte[][] parts) => Element(
        14, [.. Element(6, [(byte)kind, 0, 0, 0, 0, 0, 0, 0]), .. Element(5, [.. dimensions.SelectMany(BitConverter.GetBytes)]), .. Element(1, Encoding.ASCII.GetBytes(name)), .. parts.SelectMany(p => p)]);

    private static byte[] Element(int type, byte[] data) => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(data.Length), .. data, .. new byte[-data.Length & 7]];

    [Fact]
    public void BrokenFilesAreRefusedWhereverTheyAreCutOrChanged()
    {
        using var fixture = new Fixture();
        foreach (var name in new[] { "kinds.mat", "kinds-plain.mat" })
        {
            var good = File.ReadAllBytes(Fixture.Path(name));
            var random = new Random(5);
            var refused = 0;
            for (var i = 0; i < 400; i++)
            {
                var bad = i % 2 == 0 ? good[..random.Next(good.Length)] : good.ToArray();
                if (i % 2 == 1) bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                var path = fixture.Write("bad.mat", "");
                File.WriteAllBytes(path, bad);
                try
                {
                    MatFile.Read(path);
                }
                catch (SinewException e)
                {
                    Assert.Contains("bad.mat", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }

            Assert.True(refused > 200);
        }
    }
}
