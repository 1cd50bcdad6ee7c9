using System.Text.Json;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Evaluation;

namespace Sinew.Cli.Commands;

/// <summary>What <c>eval</c> found, as JSON for programs, and as the two files that <c>report</c> reads.</summary>
internal sealed record SavedEvaluation(
    ScoringResult Result, PoseResults Predictions, PoseData Labels, string Model, string Data, string Images, string? Skeleton, TimeSpan All, TimeSpan Predicting)
{
    private const string Ending = ".json";
    private const string PredictionsEnding = ".predictions.json";

    /// <summary>The result of <c>--json</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json, Model, Data);
        json.WriteEndObject();
    }

    /// <summary>The files that <see cref="Save"/> writes.</summary>
    /// <param name="name">The files' name, with or without its ending.</param>
    public static (string Scores, string Predictions) FilesOf(string name)
    {
        if (name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)) name = name[..^Ending.Length];
        return (name + Ending, name + PredictionsEnding);
    }

    /// <summary>Writes scores and predictions; paths in them are full, as a report may be written from another folder.</summary>
    /// <param name="name">The files' name without its ending.</param>
    /// <returns>The file of the scores.</returns>
    public string Save(string name)
    {
        var (scoresFile, predictionsFile) = FilesOf(name);
        using (var file = new CocoResultsWriter(predictionsFile, Labels.Category))
        {
            var keypoints = new float[Predictions.Skeleton.Count * 2];
            for (var row = 0; row < Predictions.Count; row++)
            {
                var exact = Predictions.KeypointsOf(row);
                for (var i = 0; i < keypoints.Length; i++) keypoints[i] = (float)exact[i];
                file.Add(Predictions.ImageIds[row], keypoints, Predictions.JointScoresOf(row), Predictions.Scores[row], annotationId: Labels.People.Ids[Predictions.People![row]]);
            }

            file.Complete();
        }

        JsonFile.Write(scoresFile, json =>
        {
            json.WriteStartObject();
            WriteMembers(json, Path.GetFullPath(Model), Path.GetFullPath(Data));
            json.WriteString("images", Path.GetFullPath(Images));
            if (Skeleton is not null) json.WriteString("skeleton", File.Exists(Skeleton) ? Path.GetFullPath(Skeleton) : Skeleton);
            json.WriteString("predictions", Path.GetFileName(predictionsFile));
            json.WriteStartArray("predicted_joints");
            foreach (var joint in Predictions.Skeleton.Joints)
            {
                json.WriteStartObject();
                json.WriteString("name", joint.Name);
                json.WriteString("id", joint.Id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("predicted_limbs");
            foreach (var (from, to) in Predictions.Skeleton.Limbs)
            {
                json.WriteStartArray();
                json.WriteNumberValue(from);
                json.WriteNumberValue(to);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return scoresFile;
    }

    private void WriteMembers(Utf8JsonWriter json, string model, string data)
    {
        Result.WriteMembers(json);
        json.WriteString("model", model);
        json.WriteString("data", data);
        json.WriteString("boxes", "labelled");
        json.WriteNumber("seconds", Math.Round(All.TotalSeconds, 3));
        json.WriteNumber("people_per_second", Math.Round(Predictions.Count / Math.Max(Predicting.TotalSeconds, 1e-6), 1));
    }
}
