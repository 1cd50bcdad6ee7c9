using System.Text.Json;

namespace Sinew.Cli.Serve;

/// <summary>The answer of the pose endpoint: the form of <c>sinew predict --json</c>, with sizes, limbs and times beside it.</summary>
internal static class PoseJson
{
    public static byte[] Write(ServedModel model, IReadOnlyList<ServedPicture> pictures)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("model", model.Card.Name);
            json.WriteString("skeleton", model.Skeleton.Name);
            json.WriteStartArray("joints");
            foreach (var joint in model.Skeleton.Joints) json.WriteStringValue(joint.Name);
            json.WriteEndArray();
            json.WriteStartArray("limbs");
            foreach (var (from, to) in model.Skeleton.Limbs)
            {
                json.WriteStartArray();
                json.WriteNumberValue(from);
                json.WriteNumberValue(to);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("pictures");
            foreach (var picture in pictures) Write(json, picture);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return memory.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ServedPicture picture)
    {
        json.WriteStartObject();
        json.WriteString("file", picture.Name);
        json.WriteNumber("width", picture.Width);
        json.WriteNumber("height", picture.Height);
        json.WriteStartArray("people");
        foreach (var person in picture.People)
        {
            json.WriteStartObject();
            json.WriteStartArray("box");
            foreach (var value in (ReadOnlySpan<float>)[person.Box.X, person.Box.Y, person.Box.Width, person.Box.Height]) json.WriteNumberValue(value);
            json.WriteEndArray();
            json.WriteNumber("box_score", person.BoxScore);
            json.WriteStartArray("keypoints");
            for (var j = 0; j < person.Scores.Length; j++)
            {
                json.WriteNumberValue(person.Keypoints[j * 2]);
                json.WriteNumberValue(person.Keypoints[(j * 2) + 1]);
                json.WriteNumberValue(person.Scores[j]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("ms");
        json.WriteNumber("decode", Math.Round(picture.Decoding.TotalMilliseconds, 3));
        json.WriteNumber("detect", Math.Round(picture.Detection.TotalMilliseconds, 3));
        json.WriteNumber("estimate", Math.Round(picture.Estimation.TotalMilliseconds, 3));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
