using System.Text.Json.Nodes;
using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Evaluation;

/// <summary>Files whose numbers pycocotools, xtcocotools or MMPose gave.</summary>
public class KnownAnswersTests
{
    private static readonly string[] Ten = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"];

    [Fact]
    public void OneCrowdedImageOfCocoScoresAsPycocotoolsSays()
    {
        var scores = Run(ScoringProtocol.Coco, "keypoints_gt.json", "keypoints_dt.json");
        Near(
            [
                0.5048844884488449, 0.7227722772277227, 0.6336633663366337, 0.46633663366336636, 0.7504950495049505,
                0.5181818181818182, 0.7272727272727273, 0.6363636363636364, 0.4666666666666666, 0.75,
            ],
            Ten.Select(n => scores[n]));
        Assert.Equal(11, scores.People);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FiveThousandImagesScoreAsPycocotoolsSays(int threads)
    {
        var scores = Run(
            ScoringProtocol.Coco, "synthetic5000/gt.json.gz", "synthetic5000/dt.json.gz", new ScoringOptions { Threads = threads });
        Near(
            [
                0.5074155239940195, 0.903692545627204, 0.4707390887778428, 0.510369424081559, 0.4745731167592665,
                0.6417129022495712, 0.9911227680823161, 0.6412791284172299, 0.6425712856428214, 0.6349800552316662,
            ],
            Ten.Select(n => scores[n]));
    }

    [Fact]
    public void CrowdPoseScoresAsXtcocotoolsSays()
    {
        var scores = Run(ScoringProtocol.CrowdPose, "crowdpose_val.json", "crowdpose_val_predictions_a.json");
        Near(
            [
                0.556387859417053, 0.9311373379014121, 0.5282944618193385,
                0.6364998586372632, 0.9732824427480916, 0.6205824144755443,
            ],
            new[] { "AP", "AP50", "AP75", "AR", "AR50", "AR75" }.Select(n => scores[n]));
        // xtcocotools rounds these to four decimals.
        Near([0.5588, 0.5509, 0.5758], [scores["AP_easy"], scores["AP_medium"], scores["AP_hard"]], 0.5e-4);
    }

    [Theory]
    [InlineData(MpiiFrame.AsLabels, 0.88035389, 0.28693729, new[] { 95.873124, 94.684103, 88.529119, 83.382256, 87.484766, 83.094386, 79.074009 })]
    [InlineData(MpiiFrame.FromZero, 0.88011970, 0.27894874, new[] { 95.804911, 94.701087, 88.477977, 83.331138, 87.502109, 83.054030, 79.121246 })]
    public void MpiiScoresAsMmposeSays(MpiiFrame frame, double pckh, double pckh01, double[] groups)
    {
        var scores = Run(
            ScoringProtocol.Mpii, "mpii_val_people.json", "mpii_val_predictions_ours.json", new ScoringOptions { MpiiFrame = frame });
        Near([pckh, pckh01], [scores["PCKh"], scores["PCKh@0.1"]], 0.5e-8);
        string[] names = ["Head", "Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle"];
        Near(groups.Select(g => g / 100), names.Select(n => scores["groups", n]), 0.5e-8);
        Assert.Equal(2958, scores.People);
    }

    [Fact]
    public void EachJointOfMpiiScoresAsMmposeSays()
    {
        var labels = MpiiScoring.ReadLabels(Shared.Path("data/evaluation/mpii_val_people.json"));
        var predictions = MpiiScoring.ReadPredictions(Shared.Path("data/evaluation/mpii_val_predictions_ours.json"), labels, labels.Skeleton);
        var scores = MpiiScoring.Evaluate(labels, predictions, MpiiFrame.AsLabels);
        Near(
            [
                78.9125, 83.4608, 87.9889, 86.9806, 82.728, 79.2355, 92.0778, 97.9536,
                97.5102, 95.8731, 83.265, 88.4157, 94.2255, 95.1427, 88.6426, 83.4995,
            ],
            scores.Joints.Select(j => j.Pck * 100),
            0.5e-4);
        Assert.Equal(44240, scores.Joints.Sum(j => j.Labelled));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("crowds and people without joints")]
    [InlineData("more than twenty predictions, few different scores")]
    [InlineData("areas at the limits")]
    [InlineData("sixteen digits")]
    [InlineData("results with boxes")]
    [InlineData("equal scores everywhere")]
    [InlineData("many people")]
    [InlineData("a subset of the joints")]
    public void GeneratedSetsScoreAsPycocotoolsSays(string name)
    {
        using var fixture = new Fixture();
        var set = Fixture.Json("coco.json").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);
        var (labels, predictions) = fixture.Files(set);
        var joints = set.TryGetProperty("joints", out var subset)
            ? string.Join(',', subset.EnumerateArray().Select(j => Poses.Coco.Joints[j.GetInt32()].Name))
            : null;
        var scores = Scoring.Run(ScoringProtocol.Coco, labels, predictions, new ScoringOptions { Joints = joints });
        Near(Fixture.Numbers(set.GetProperty("numbers")), Ten.Select(n => scores[n]));
    }

    [Fact]
    public void GeneratedCrowdsScoreAsXtcocotoolsSays()
    {
        using var fixture = new Fixture();
        var set = Fixture.Json("crowdpose.json");
        var (labels, predictions) = fixture.Files(set);
        var scores = Scoring.Run(ScoringProtocol.CrowdPose, labels, predictions);
        var wanted = Fixture.Numbers(set.GetProperty("numbers"));
        Near(wanted[..6], new[] { "AP", "AP50", "AP75", "AR", "AR50", "AR75" }.Select(n => scores[n]));
        Near(wanted[6..], [scores["AP_easy"], scores["AP_medium"], scores["AP_hard"]], 0.5e-4);
    }

    [Fact]
    public void GeneratedWholeBodiesScoreAsXtcocotoolsSays()
    {
        using var fixture = new Fixture();
        var set = Fixture.Json("wholebody.json");
        var (labels, predictions) = fixture.Files(set);
        var scores = Scoring.Run(ScoringProtocol.WholeBody, labels, predictions);
        foreach (var part in set.GetProperty("numbers").EnumerateObject())
        {
            Near(Fixture.Numbers(part.Value), Ten.Select(n => scores[part.Name, n]));
        }

        Assert.InRange(scores["hand", "AP"], 0.01, 0.99);
        Assert.Equal(
            [.. Fixture.Numbers(Fixture.Json("wholebody-sigmas.json"))], BuiltInSkeletons.Get("coco-wholebody133").Sigmas);
    }

    [Fact]
    public void WholeBodiesInOneListScoreAsThoseInFive()
    {
        using var fixture = new Fixture();
        var set = Fixture.Json("wholebody.json");
        var (labels, predictions) = fixture.Files(set);
        var records = JsonNode.Parse(File.ReadAllText(predictions))!.AsArray();
        foreach (var record in records)
        {
            var joints = record!["keypoints"]!.AsArray();
            foreach (var part in new[] { "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts" })
            {
                foreach (var value in record[part]!.AsArray()) joints.Add(value!.DeepClone());
                record.AsObject().Remove(part);
            }
        }

        var five = Scoring.Run(ScoringProtocol.WholeBody, labels, predictions);
        var one = Scoring.Run(ScoringProtocol.WholeBody, labels, fixture.Write("one.json", records.ToJsonString()));
        foreach (var (wanted, got) in five.Metrics.Zip(one.Metrics)) Assert.Equal(wanted.Parts, got.Parts);
    }

    [Theory]
    [InlineData(ScoringProtocol.Coco, "synthetic5000/gt.json.gz", "synthetic5000/dt.json.gz", "coco17")]
    [InlineData(ScoringProtocol.Coco, "keypoints_gt.json", "keypoints_dt.json", "coco17")]
    [InlineData(ScoringProtocol.CrowdPose, "crowdpose_val.json", "crowdpose_val_predictions_a.json", "crowdpose14")]
    public void LabelsInMemoryScoreAsTheFileDoes(ScoringProtocol protocol, string labels, string predictions, string skeletonName)
    {
        var skeleton = BuiltInSkeletons.Get(skeletonName);
        var found = CocoResults.Read(Shared.Path("data/evaluation/" + predictions), skeleton).Results;
        var data = CocoReader.Read(Shared.Path("data/evaluation/" + labels), new ReadOptions { Skeleton = skeleton });
        Assert.Equal(Run(protocol, labels, predictions).Metrics, Scoring.Score(protocol, data, found).Metrics);
    }

    private static ScoringResult Run(ScoringProtocol protocol, string labels, string predictions, ScoringOptions? options = null) =>
        Scoring.Run(protocol, Shared.Path("data/evaluation/" + labels), Shared.Path("data/evaluation/" + predictions), options);

    private static void Near(IEnumerable<double> wanted, IEnumerable<double> got, double tolerance = 1e-9)
    {
        foreach (var (w, g) in wanted.Zip(got)) Assert.Equal(w, g, tolerance);
    }
}
