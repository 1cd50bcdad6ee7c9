using System.Text.Json;
using Sinew.Files;
using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>
/// Writes a data set as COCO keypoints: <c>info</c>, <c>images</c>, <c>categories</c> (one, with the skeleton's joint names and limbs), <c>annotations</c>.
/// </summary>
/// <remarks>
/// COCO has no word for a joint that the data set does not define: such joints are written as unlabelled (0, 0, 0). Areas keep all
/// digits, coordinates those of a float. <c>info.pixel_origin</c> is 0, by which <see cref="CocoReader"/> knows that the pixels are counted from 0
/// and the flags are COCO's, whatever the skeleton. The file appears whole or not at all.
/// </remarks>
public static class CocoWriter
{
    private const int FlushAt = 1 << 16;

    /// <summary>Writes a file.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="SinewException">The file cannot be written, or a number of the data is not finite.</exception>
    public static void Write(PoseData data, string path)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(path);
        using var file = new BesideFile(path);
        using (var json = new Utf8JsonWriter(file.Stream))
        {
            json.WriteStartObject();
            WriteInfo(json, data.Skeleton);
            try
            {
                WriteImages(json, data.Images);
                WriteCategory(json, data.Skeleton);
                WritePeople(json, data);
            }
            catch (ArgumentException e)
            {
                throw new SinewException($"{path}: the data has a number that is not finite, which JSON cannot hold", e);
            }

            json.WriteEndObject();
        }

        file.Commit();
    }

    private static void WriteInfo(Utf8JsonWriter json, Skeleton skeleton)
    {
        json.WriteStartObject("info");
        json.WriteString("description", $"joints of {skeleton.Name}");
        json.WriteNumber("pixel_origin", 0);
        json.WriteEndObject();
    }

    private static void WriteImages(Utf8JsonWriter json, ImageTable images)
    {
        json.WriteStartArray("images");
        for (var i = 0; i < images.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", images.Ids[i]);
            json.WriteString("file_name", images.FileNames[i]);
            json.WriteNumber("width", images.Widths[i]);
            json.WriteNumber("height", images.Heights[i]);
            if (images.CrowdIndices?[i] is { } index && !double.IsNaN(index)) json.WriteNumber("crowdIndex", index);
            json.WriteEndObject();
            FlushSometimes(json);
        }

        json.WriteEndArray();
    }

    private static void WriteCategory(Utf8JsonWriter json, Skeleton skeleton)
    {
        json.WriteStartArray("categories");
        json.WriteStartObject();
        json.WriteNumber("id", 1);
        json.WriteString("name", "person");
        json.WriteString("supercategory", "person");
        json.WriteStartArray("keypoints");
        foreach (var joint in skeleton.Joints) json.WriteStringValue(joint.Name);
        json.WriteEndArray();
        json.WriteStartArray("skeleton");
        foreach (var (from, to) in skeleton.Limbs)
        {
            json.WriteStartArray();
            json.WriteNumberValue(from + 1);
            json.WriteNumberValue(to + 1);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePeople(Utf8JsonWriter json, PoseData data)
    {
        var people = data.People;
        json.WriteStartArray("annotations");
        for (var p = 0; p < people.Count; p++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", people.Ids[p]);
            json.WriteNumber("image_id", data.Images.Ids[people.Image[p]]);
            json.WriteNumber("category_id", 1);
            WriteJoints(json, data.KeypointsOf(p), data.StatesOf(p));
            json.WriteNumber("num_keypoints", people.LabelledCounts?[p] is { } count and >= 0 ? count : data.LabelledOf(p));
            json.WriteStartArray("bbox");
            json.WriteNumberValue(people.Boxes[p].X);
            json.WriteNumberValue(people.Boxes[p].Y);
            json.WriteNumberValue(people.Boxes[p].Width);
            json.WriteNumberValue(people.Boxes[p].Height);
            json.WriteEndArray();
            json.WriteNumber("area", people.Areas[p]);
            json.WriteNumber("iscrowd", people.Crowd[p] ? 1 : 0);
            if (people.TrackIds?[p] is { } track and >= 0) json.WriteNumber("track_id", track);
            if (people.ValidParts is { } valid) WriteValid(json, valid[p]);
            json.WriteEndObject();
            FlushSometimes(json);
        }

        json.WriteEndArray();
    }

    private static void WriteJoints(Utf8JsonWriter json, ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states)
    {
        json.WriteStartArray("keypoints");
        for (var j = 0; j < states.Length; j++)
        {
            var labelled = states[j] >= JointState.Occluded;
            json.WriteNumberValue(labelled ? keypoints[2 * j] : 0);
            json.WriteNumberValue(labelled ? keypoints[(2 * j) + 1] : 0);
            json.WriteNumberValue(states[j] switch { JointState.Visible => 2, JointState.Occluded => 1, _ => 0 });
        }

        json.WriteEndArray();
    }

    private static void WriteValid(Utf8JsonWriter json, ValidParts valid)
    {
        json.WriteBoolean("foot_valid", valid.HasFlag(ValidParts.Foot));
        json.WriteBoolean("face_valid", valid.HasFlag(ValidParts.Face));
        json.WriteBoolean("lefthand_valid", valid.HasFlag(ValidParts.LeftHand));
        json.WriteBoolean("righthand_valid", valid.HasFlag(ValidParts.RightHand));
    }

    private static void FlushSometimes(Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushAt) json.Flush();
    }
}
