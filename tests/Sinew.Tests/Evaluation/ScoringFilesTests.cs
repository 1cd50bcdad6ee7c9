using System.IO.Compression;
using System.Text.Json;
using Sinew.Evaluation;

namespace Sinew.Tests.Evaluation;

/// <summary>What happens with files as users have them.</summary>
public class ScoringFilesTests
{
    private const string Joints = "1,1,2, 2,2,2, 3,3,2, 4,4,2, 5,5,2, 6,6,2, 7,7,2, 8,8,2, 9,9,2, 10,1,2, 11,2,2, 12,3,2, 13,4,2, 14,5,2, 15,6,2, 16,7,2, 17,8,2";

    [Theory]
    [InlineData("""[{"image_id": 2, "category_id": 1, "keypoints": [J], "score": 1}]""", "image 2")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [1, 2, 3], "score": 1}]""", "joints")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J, 1], "score": 1}]""", "results[0]")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}, {"image_id": 1, "category_id": 1, "keypoints": [1, 2, 3], "score": 1}]""", "results[1]")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": NaN}]""", "score")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [NaN, J], "score": 1}]""", "NaN")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J]}]""", "no score")]
    [InlineData("""[{"category_id": 1, "keypoints": [J], "score": 1}]""", "no image_id")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "score": 1}]""", "no keypoints")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": "many", "score": 1}]""", "keypoints")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [], "score": 1}]""", "results[0]: the list of keypoints is empty")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [1e300, J], "score": 1}]""", "results[0]: keypoints holds an infinite number")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1e999}]""", "score")]
    [InlineData("""[{"image_id": 1.5, "category_id": 1, "keypoints": [J], "score": 1}]""", "image_id")]
    [InlineData("""{"images": [], "annotations": []}""", "labels")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "sco""", "truncated")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}] x""", "end of the file")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [0 J], "score": 1}]""", "expected ','")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [J,], "score": 1}]""", "expected a value")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [,J], "score": 1}]""", "expected a value")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [[1, 2,, 3], J], "score": 1}]""", "expected a value")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "keypoints": [[1, 2, 3] J], "score": 1}]""", "expected ','")]
    [InlineData("", "truncated")]
    public void WrongPredictionsAreRefusedInOneLine(string predictions, string named)
    {
        var message = Refused(Labels(), predictions);
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("predictions", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("""{"images": [{"id": 1}, {"id": 1}], "annotations": []}""", "image id 1")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "bbox": [1, 2, 3]}]}""", "bbox")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J]}, {"id": 1, "image_id": 1, "keypoints": [J]}]}""", "annotations[1]")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "bbox": [1, 2, 3, 4]}]}""", "no keypoints")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "bbox": [1, 2, -3, 4]}]}""", "annotations[0]: bbox has a negative")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "bbox": [1, 2, 1e300, 4]}]}""", "annotations[0]: bbox holds an infinite number")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "area": -1}]}""", "annotations[0]: area")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "area": 1e999}]}""", "annotations[0]: area")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "num_keypoints": 4294967296}]}""", "annotations[0]: num_keypoints")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J]}, {"id": 2, "image_id": 1, "keypoints": [1, 2, 2]}]}""", "annotations[1]: 3 values in keypoints, where 17 joints")]
    [InlineData("""{"images": [{"id": 1}]}""", "no annotations")]
    [InlineData("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "keypoints": [J], "area": 3""", "truncated")]
    [InlineData("[1, 2]", "an object")]
    public void WrongLabelsAreRefusedInOneLine(string labels, string named)
    {
        var message = Refused(labels, "[]");
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("""{"id": 9, "image_id": 1, "category_id": 1, "iscrowd": 1, "keypoints": [], "bbox": [0, 0, 40, 40], "area": 1600}""")]
    [InlineData("""{"id": 9, "image_id": 1, "category_id": 1, "num_keypoints": 0, "keypoints": []}""")]
    [InlineData("""{"id": 9, "image_id": 1, "category_id": 2, "keypoints": [1, 2, 2], "bbox": [0, 0, 40, 40], "area": 1600}""")]
    [InlineData("""{"id": 9, "image_id": 1, "category_id": 2, "keypoints": [1, 2], "bbox": [0, 0, -1, 40], "area": -1}""")]
    public void RecordsWithoutJointsOrOfOtherThingsDoNotSettleHowManyJointsPeopleHave(string first)
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json", Labels().Replace("\"annotations\": [", $"\"annotations\": [{first}, ", StringComparison.Ordinal)
            .Replace("\"categories\": [", "\"categories\": [{\"id\": 2, \"name\": \"car\", \"keypoints\": [\"wheel\"]}, ", StringComparison.Ordinal));
        var predictions = fixture.Write("predictions.json", Filled("""
            [{"image_id": 1, "category_id": 2, "keypoints": [1, 2, 1], "score": 1}, {"image_id": 1, "category_id": 2, "keypoints": [], "score": 1},
             {"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}]
            """));
        var result = Scoring.Run(ScoringProtocol.Coco, labels, predictions);
        Assert.Equal(result["AP"], Scoring.Run(ScoringProtocol.Coco, labels, predictions, new ScoringOptions { Skeleton = Poses.Coco })["AP"]);
        Assert.Equal((1, 1.0), (result.People, Math.Round(result["AP"], 12)));
        Assert.Equal("coco17", CocoLabels.Read(labels).Labels.Skeleton.Name);
    }

    [Fact]
    public void WhatIsLeftOutIsCounted()
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json", Filled("""
            {"categories": [{"id": 3, "name": "dog", "keypoints": ["tail"]}, {"id": 7, "name": "person"}], "images": [{"id": 1}],
             "annotations": [{"id": 0, "image_id": 1, "category_id": 7, "keypoints": [J], "bbox": [0, 0, 20, 20]},
                             {"id": 1, "image_id": 1, "category_id": 3, "keypoints": [1, 2, 2], "bbox": [0, 0, 9, 9], "area": 81},
                             {"id": 2, "image_id": 9, "category_id": 7, "keypoints": [J], "bbox": [0, 0, 20, 20], "area": 400}]}
            """));
        var predictions = fixture.Write("predictions.json", Filled("""
            [{"image_id": 1, "category_id": 7, "keypoints": [J], "score": 0.5}, {"image_id": 1, "category_id": 7, "keypoints": [J], "score": 0.5},
             {"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}, {"image_id": 5, "category_id": 7, "keypoints": [J], "score": 0.5}]
            """));
        Assert.Throws<SinewException>(() => Scoring.Run(ScoringProtocol.Coco, labels, predictions));
        var result = Scoring.Run(ScoringProtocol.Coco, labels, predictions, new ScoringOptions { SkipUnknownImages = true });
        Assert.Equal(1, result.People);
        Assert.Equal(1, result["AP"], 1e-12);
        string[] notes =
        [
            "1 labels of other categories", "1 labels whose image is not listed", "1 people without area", "1 predictions of other categories",
            "annotation id is 0", "1 predictions repeat", "1 predictions for images that the labels do not have",
        ];
        foreach (var note in notes) Assert.Contains(result.Notes, n => n.Contains(note, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"categories\": [], ")]
    [InlineData("\"categories\": [{\"id\": 0, \"name\": \"athlete\"}], ")]
    public void WhereNoCategoryIsNamedForPeopleTheFirstAnnotationsIs(string categories)
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json", Filled("""
            {CATEGORIES"images": [{"id": 1}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "keypoints": [J], "bbox": [0, 0, 40, 40], "area": 1600},
                             {"id": 2, "image_id": 1, "category_id": 4, "keypoints": [J], "bbox": [0, 0, 40, 40], "area": 1600}]}
            """.Replace("CATEGORIES", categories, StringComparison.Ordinal)));
        var predictions = fixture.Write("predictions.json", Filled("""[{"image_id": 1, "category_id": 0, "keypoints": [J], "score": 1}]"""));
        var result = Scoring.Run(ScoringProtocol.Coco, labels, predictions);
        Assert.Equal((1, 1.0), (result.People, Math.Round(result["AP"], 12)));
        Assert.Contains("1 labels of other categories were left out", result.Notes);
    }

    [Fact]
    public void HalfAHeadIsTooFarToTheLastDigit()
    {
        // A head box of 14 by 52 pixels: its size is 0.6 of √2900, and 6 and 15 pixels are exactly half of that.
        using var fixture = new Fixture();
        string Joints(int dx, int dy) => string.Join(", ", Enumerable.Range(0, 16).Select(j => j == 10 ? $"[{100 + dx}, {200 + dy}]" : $"[{100 + j}, {200 - j}]"));
        var labels = fixture.Write("labels.json", $$"""
            [{"image": "1.jpg", "center": [100, 200], "scale": 2, "head_size": 32.31098884280702, "joints_vis": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "joints": [{{Joints(0, 0)}}]}]
            """);
        var predictions = fixture.Write("predictions.json", $"[[{Joints(6, 15)}]]");
        var result = Scoring.Run(ScoringProtocol.Mpii, labels, predictions, new ScoringOptions { MpiiFrame = MpiiFrame.AsLabels });
        Assert.Equal(0.5, result["groups", "Wrist"]);
    }

    [Theory]
    [InlineData("jhmdb15", "\"bbox\": [10, 20, 100, 200]", "", 1)]
    [InlineData("mpii-trb40", "\"center\": [60, 120], \"scale\": 0.9, \"headbox\": [10, 10, 40, 50]", "", 1)]
    [InlineData("jhmdb15", "\"bbox\": [10, 20, 100, 200]", "\"info\": {\"pixel_origin\": 0}, ", 0)]
    public void LabelsThatCountFromOneScoreAsTheReaderForTrainingTakesThem(string name, string box, string info, int origin)
    {
        using var fixture = new Fixture();
        var skeleton = Sinew.Skeletons.BuiltInSkeletons.Get(name);
        string Points(int minus) => string.Join(", ", Enumerable.Range(0, skeleton.Count).Select(j => $"{40 + (7 * j) - minus}, {30 + (11 * (j % 5)) - minus}, 2"));
        var labels = fixture.Write("labels.json", "{" + info + $$"""
            "images": [{"id": 1, "file_name": "1.jpg"}], "categories": [{"id": 1, "name": "person", "keypoints": ["{{string.Join("\", \"", skeleton.Joints.Select(j => j.Name))}}"]}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "keypoints": [{{Points(0)}}], {{box}}}]}
            """);
        var predictions = fixture.Write("predictions.json", $$"""[{"image_id": 1, "category_id": 1, "keypoints": [{{Points(origin)}}], "score": 1}]""");
        var file = Scoring.Run(ScoringProtocol.Coco, labels, predictions);
        Assert.Equal(1, file.MeanOks!.Value, 1e-12);
        var (own, read) = (CocoLabels.Read(labels).Labels, PoseLabels.From(Sinew.Annotations.CocoReader.Read(labels)));
        Assert.Equal(read.KeypointsOf(0), own.KeypointsOf(0));
        Assert.Equal(read.HeadSizes ?? [], own.HeadSizes ?? []);
        foreach (var (wanted, got) in read.Boxes.Append(read.Areas[0]).Zip(own.Boxes.Append(own.Areas[0]))) Assert.Equal(wanted, got, Math.Abs(wanted) * 1e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void FilesAndTheReaderForTrainingAgreeOnWhoThePeopleAre(int withJoints, int category)
    {
        // A person of another program's categories, and one whose joints are named: those who have joints are the people.
        using var fixture = new Fixture();
        var names = string.Join("\", \"", Poses.Coco.Joints.Select(j => j.Name));
        var labels = fixture.Write("labels.json", Filled($$"""
            {"images": [{"id": 1, "file_name": "1.jpg"}], "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "athlete", "keypoints": ["{{names}}"]}],
             "annotations": [{"id": 5, "image_id": 1, "category_id": {{withJoints}}, "bbox": [1, 1, 40, 40], "area": 1600, "keypoints": [J]}]}
            """));
        var (file, data) = (CocoLabels.Read(labels), Sinew.Annotations.CocoReader.Read(labels));
        Assert.Equal((category, category), (file.Category, data.Category));
        Assert.Equal([5], file.Labels.Ids);
        Assert.Equal([5], data.People.Ids);
    }

    [Fact]
    public void FieldsOfTheirOwnAreNoScoresOfParts()
    {
        using var fixture = new Fixture();
        var own = fixture.Write("own.json", Filled("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1, "form_score": 0.5, "fall_score": "low"}]"""));
        Assert.Empty(CocoResults.Read(own, Poses.Coco).Results.PartScores);
        var parts = fixture.Write("parts.json", Filled("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1, "foot_score": 0.5}]"""));
        Assert.Equal([0.5], CocoResults.Read(parts, Poses.Coco).Results.PartScores["foot"]);
    }

    [Fact]
    public void PredictionsThatShareSomeCoordinatesAreNoRepetitions()
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json", Labels());
        var other = Joints.Replace("9,9,2", "9,8,2", StringComparison.Ordinal);
        var predictions = fixture.Write("predictions.json", Filled($$"""
            [{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 0.5}, {"image_id": 1, "category_id": 1, "keypoints": [{{other}}], "score": 0.5}]
            """));
        Assert.Empty(Scoring.Run(ScoringProtocol.Coco, labels, predictions).Notes);
    }

    [Fact]
    public void ZippedFilesAreReadAndCutOnesRefused()
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json.gz", "");
        using (var zip = new GZipStream(File.Create(labels), CompressionLevel.Fastest)) zip.Write(System.Text.Encoding.UTF8.GetBytes(Labels()));
        var predictions = fixture.Write("predictions.json", Filled("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}]"""));
        Assert.Equal(1, Scoring.Run(ScoringProtocol.Coco, labels, predictions)["AP"], 1e-12);
        var whole = File.ReadAllBytes(labels);
        File.WriteAllBytes(labels, whole[..(whole.Length / 2)]);
        Assert.Contains("labels.json.gz", Assert.Throws<SinewException>(() => Scoring.Run(ScoringProtocol.Coco, labels, predictions)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHoldsTheNumbersOfEachProtocol()
    {
        using var fixture = new Fixture();
        var labels = fixture.Write("labels.json", Labels());
        var predictions = fixture.Write("predictions.json", Filled("""[{"image_id": 1, "category_id": 1, "keypoints": [J], "score": 1}]"""));
        string[] Keys(ScoringProtocol protocol, ScoringOptions? options = null)
        {
            using var json = JsonDocument.Parse(Scoring.Run(protocol, labels, predictions, options).ToJson());
            Assert.Equal(protocol.ToString().ToLowerInvariant(), json.RootElement.GetProperty("protocol").GetString());
            Assert.Equal(1, json.RootElement.GetProperty("people").GetInt32());
            return [.. json.RootElement.GetProperty("metrics").EnumerateObject().Select(p => p.Name)];
        }

        string[] ten = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"];
        Assert.Equal(ten, Keys(ScoringProtocol.Coco));
        Assert.Equal(ten, Keys(ScoringProtocol.Halpe21));
        Assert.Equal(["PCK", "joints"], Keys(ScoringProtocol.Pck));
        var result = Scoring.Run(ScoringProtocol.Coco, labels, predictions, new ScoringOptions { Errors = true, Joints = "left_eye, nose" });
        using var withErrors = JsonDocument.Parse(result.ToJson());
        Assert.Equal(2, withErrors.RootElement.GetProperty("errors").GetProperty("all").GetProperty("good").GetInt32());
        Assert.Equal(1, withErrors.RootElement.GetProperty("mean_oks").GetDouble(), 1e-12);
        Assert.Contains("mean OKS", result.ToText(), StringComparison.Ordinal);
        Assert.Equal(-1, withErrors.RootElement.GetProperty("metrics").GetProperty("APL").GetDouble());
        Assert.Contains("nose", result.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void ScoringOfWholePeopleOnHalpeFindsTheThorax()
    {
        var halpe = Sinew.Skeletons.BuiltInSkeletons.Get("halpe26");
        var body = Sinew.Skeletons.BuiltInSkeletons.Get("body21");
        var pose = Poses.Spread(halpe);
        var mapped = Poses.Labels(halpe, [pose]).MapTo(body);
        Assert.Equal(21, mapped.LabelledCounts[0]);
        var thorax = body.IndexOfId("thorax");
        var (left, right) = (halpe.IndexOfId("left_shoulder"), halpe.IndexOfId("right_shoulder"));
        Assert.Equal((pose[2 * left] + pose[2 * right]) / 2, mapped.KeypointsOf(0)[2 * thorax]);
        // Predictions on Halpe's own joints have their thorax made the same way.
        Assert.Equal(1, OksEvaluator.Evaluate(mapped, Poses.Results(halpe, [pose])).MeanOks, 1e-12);
    }

    [Theory]
    [InlineData("shared", 12)]
    [InlineData("all", -1)]
    [InlineData("nose,left_ear", 2)]
    [InlineData("lsp14", 12)]
    public void JointsAreChosenByWhatAUserWrites(string text, int count)
    {
        var mpii = Sinew.Skeletons.BuiltInSkeletons.Get("mpii16");
        Assert.Equal(count, JointSelection.Parse(text, Poses.Coco, mpii)?.Count ?? -1);
        Assert.Contains("names none", Assert.Throws<SinewException>(() => JointSelection.Parse(" , ", Poses.Coco, mpii)).Message, StringComparison.Ordinal);
        Assert.Contains("'elbow'", Assert.Throws<SinewException>(() => JointSelection.Parse("elbow", Poses.Coco, mpii)).Message, StringComparison.Ordinal);
    }

    private static string Filled(string text) => text.Replace("J", Joints, StringComparison.Ordinal);

    private static string Labels() =>
        Filled("""{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "num_keypoints": 17, "keypoints": [J], "bbox": [0, 0, 40, 40], "area": 1600}], "categories": [{"id": 1, "name": "person"}]}""");

    private static string Refused(string labels, string predictions)
    {
        using var fixture = new Fixture();
        var files = (fixture.Write("labels.json", Filled(labels)), fixture.Write("predictions.json", Filled(predictions)));
        return Assert.Throws<SinewException>(() => Scoring.Run(ScoringProtocol.Coco, files.Item1, files.Item2)).Message;
    }
}
