using System.Text.Encodings.Web;
using System.Text.Json;
using Sinew.Training.Estimators;

namespace Sinew.Cli.Predict;

/// <summary>The people of one picture or frame as one line of JSON.</summary>
internal static class PoseRecord
{
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a record and the end of its line.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="shot">The picture or frame with its people.</param>
    /// <param name="width">Width of the full picture, pixels.</param>
    /// <param name="height">Height of the full picture, pixels.</param>
    public static void Write(Stream to, Shot shot, int width, int height)
    {
        using (var json = new Utf8JsonWriter(to, Layout))
        {
            json.WriteStartObject();
            json.WriteString("file", shot.Input.Name);
            if (shot.Known is { } known) json.WriteNumber("image_id", known.ImageId);
            if (shot.Frame >= 0)
            {
                json.WriteNumber("frame", shot.Frame);
                json.WriteNumber("seconds", Math.Round(shot.Seconds, 4));
            }

            json.WriteNumber("width", width);
            json.WriteNumber("height", height);
            json.WriteStartArray("people");
            for (var i = 0; i < shot.People.Length; i++) WritePerson(json, shot, i);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        to.WriteByte((byte)'\n');
    }

    private static void WritePerson(Utf8JsonWriter json, Shot shot, int index)
    {
        var person = shot.People[index];
        json.WriteStartObject();
        if (shot.Ids is { } ids && ids[index] >= 0) json.WriteNumber("track_id", ids[index]);
        if (shot.Known?.AnnotationIds is { } annotations) json.WriteNumber("annotation_id", annotations[index]);
        json.WriteStartArray("box");
        foreach (var value in (ReadOnlySpan<float>)[person.Box.X, person.Box.Y, person.Box.Width, person.Box.Height]) json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteNumber("box_score", person.BoxScore);
        json.WriteNumber("score", Math.Round(person.BoxScore * CropBatch.PersonScore(person.Scores), 6));
        json.WriteStartArray("keypoints");
        for (var j = 0; j < person.Scores.Length; j++)
        {
            json.WriteNumberValue(person.Keypoints[2 * j]);
            json.WriteNumberValue(person.Keypoints[(2 * j) + 1]);
            json.WriteNumberValue(person.Scores[j]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
