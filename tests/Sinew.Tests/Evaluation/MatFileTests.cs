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
