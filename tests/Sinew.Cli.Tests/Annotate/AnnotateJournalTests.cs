using Sinew.Annotations;
using Sinew.Cli.Annotate;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Annotate;

/// <summary>What an unfinished <c>annotate</c> keeps.</summary>
public sealed class AnnotateJournalTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PoseData _data;

    public AnnotateJournalTests()
    {
        var path = _folder.Write("labels.json", """
            {"images": [{"id": 1, "file_name": "0.png", "width": 96, "height": 128}], "categories": [{"id": 1, "name": "person", "keypoints": ["nose"]}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "area": 81, "num_keypoints": 1, "keypoints": [4, 4, 2]},
                             {"id": 2, "image_id": 1, "category_id": 1, "bbox": [9, 9, 9, 9], "area": 81, "num_keypoints": 1, "keypoints": [14, 14, 2]}]}
            """);
        _data = AnnotationReader.Read(path);
    }

    private string Labels => _folder.File("out.json");

    private string File => Labels + AnnotateJournal.Ending;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_next_run_has_what_an_interrupted_one_found_out()
    {
        Interrupted();
        var people = People();
        using var journal = AnnotateJournal.Open(Labels, "a", people, anew: false);
        Assert.Equal(2, journal.DoneBefore);
        Assert.Equal((3.5f, 4.5f, 0.25f), people.ModelJoint(1, 2));
        Assert.Equal((1f, 2f, 0.5f), people.ModelJoint(0, 1));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-30, 1)]
    [InlineData(-50, 0)]
    [InlineData(-1000, 0)]
    public void What_was_cut_off_is_asked_again(int cut, int left)
    {
        Interrupted();
        using (var file = System.IO.File.OpenWrite(File)) file.SetLength(Math.Max(0, file.Length + cut));
        AssertTakenUp(left);
        // and can be added to
        var people = People();
        using (var journal = AnnotateJournal.Open(Labels, "a", people, anew: false)) journal.Add(1, [5, 6, 1, 7, 8, 1], 96, 128);
        AssertTakenUp(left + 1);
    }

    [Fact]
    public void A_damaged_block_and_all_behind_it_are_asked_again()
    {
        Interrupted();
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[^50] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        AssertTakenUp(0);
    }

    [Fact]
    public void What_was_made_of_something_else_is_refused_and_replaced_on_request()
    {
        Interrupted();
        Assert.Contains("another model", Assert.Throws<SinewException>(() => AnnotateJournal.Open(Labels, "b", People(), anew: false)).Message, StringComparison.Ordinal);
        AssertTakenUp(2);
        using (var journal = AnnotateJournal.Open(Labels, "b", People(), anew: true)) Assert.Equal(0, journal.DoneBefore);
    }

    [Fact]
    public void It_is_gone_when_the_labels_are_there_or_nothing_was_found_out()
    {
        using (AnnotateJournal.Open(Labels, "a", People(), anew: false)) Assert.True(System.IO.File.Exists(File));
        Assert.False(System.IO.File.Exists(File));
        Interrupted();
        using (var journal = AnnotateJournal.Open(Labels, "a", People(), anew: false)) journal.Complete();
        Assert.False(System.IO.File.Exists(File));
    }

    private void Interrupted()
    {
        using var journal = AnnotateJournal.Open(Labels, "a", People(), anew: false);
        journal.Add(0, [1, 2, 0.5f, 3, 4, 1], 96, 128);
        journal.Add(1, [1, 1, 1, 3.5f, 4.5f, 0.25f], 96, 128);
    }

    private void AssertTakenUp(int people)
    {
        using var journal = AnnotateJournal.Open(Labels, "a", People(), anew: false);
        Assert.Equal(people, journal.DoneBefore);
    }

    private AnnotatedPeople People()
    {
        var model = SkeletonFile.Parse("name: two\njoints:\n  - {name: left, sigma: 0.05}\n  - {name: right, sigma: 0.05}\n", "two.yaml");
        return new AnnotatedPeople(_data, SkeletonUnion.Of(_data.Skeleton, model).Union, model, fill: false);
    }
}
