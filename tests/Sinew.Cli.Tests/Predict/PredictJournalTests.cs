using FsCheck.Fluent;
using Sinew.Cli.Predict;
using Sinew.Geometry;
using Sinew.Inference;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Predict;

public class PredictJournalTests
{
    [Fact]
    public void A_run_that_is_killed_anywhere_goes_on_to_the_same_records() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            using var folder = new TempFolder();
            var inputs = Enumerable.Range(0, 1 + random.Next(8)).Select(i => (Name: $"{i}.jpg", Records: 1 + random.Next(3))).ToArray();
            Write(folder.File("straight"), inputs, inputs.Length);
            Write(folder.File("killed"), inputs, random.Next(inputs.Length + 1));
            foreach (var file in new[] { "poses.jsonl", "poses.journal" })
            {
                // what reached the disk of each file is any part of it, and perhaps garbage
                using var cut = File.Open(Path.Combine(folder.File("killed"), file), FileMode.Open);
                if (random.Next(3) == 0) continue;
                cut.SetLength(random.NextInt64(cut.Length + 1));
                cut.Position = cut.Length;
                if (file == "poses.jsonl" || random.Next(2) == 0) cut.Write(new byte[random.Next(40)]);
            }

            Write(folder.File("killed"), inputs, inputs.Length);
            Assert.Equal(File.ReadAllText(Path.Combine(folder.File("straight"), "poses.jsonl")), File.ReadAllText(Path.Combine(folder.File("killed"), "poses.jsonl")));
        }).Holds(cases: 150);

    [Fact]
    public void Two_runs_do_not_write_into_one_folder()
    {
        using var folder = new TempFolder();
        using var one = PredictJournal.Open(folder.FullName, anew: false);
        Assert.Contains(
            "cannot be written",
            Assert.Throws<SinewException>(() => PredictJournal.Open(folder.FullName, anew: true, () => Assert.Fail("what the other run wrote is not touched"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_without_a_folder_leave_nothing()
    {
        string path;
        using (var journal = PredictJournal.Open(null, anew: false))
        {
            path = journal.RecordsPath;
            Assert.True(File.Exists(path));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Theory]
    [InlineData(0, 0, 0, 10, "0 pictures, 0.0 people/s")]
    [InlineData(1000, 0, 1000, 10, "1,000 pictures, 200.0 people/s")]
    [InlineData(250, 1000, 250, 10, "250 of 1,000 pictures, 200.0 people/s, 0:30 left")]
    [InlineData(900, 1_000_000, 100, 10, "900 of 1,000,000 pictures, 200.0 people/s, 27:45:10 left")]
    [InlineData(1000, 1000, 100, 10, "1,000 of 1,000 pictures, 200.0 people/s")]
    public void Progress_is_told(long done, long all, long ran, int seconds, string expected) =>
        Assert.Equal(expected, ProgressLine.Text("pictures", done, all, ran, done == 0 ? 0 : 2000, TimeSpan.FromSeconds(seconds)));

    private static void Write(string folder, (string Name, int Records)[] inputs, int finish)
    {
        using var journal = PredictJournal.Open(folder, anew: false);
        for (var i = 0; i < inputs.Length && i <= finish; i++)
        {
            if (journal.IsDone(inputs[i].Name)) continue;
            for (var frame = 0; frame < inputs[i].Records; frame++)
            {
                journal.Add(
                    new Shot(new PredictInput(inputs[i].Name, inputs[i].Name, InputKind.Video))
                    {
                        Frame = frame, People = [new PosePerson(new Box(1, 2, 3, 4), 0.5f, [1, 2], [0.25f])],
                    },
                    10, 20);
            }

            // the one after the last finished is half-way
            if (i < finish) journal.Finish(inputs[i].Name);
        }
    }
}
