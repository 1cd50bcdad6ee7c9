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

    /// <summary>One image and its people on their own, as WebDataset's samples have them: <c>{"image": …, "annotations": […]}</c>.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="image">Row of the image.</param>
    /// <param name="people">Rows of its people.</param>
    /// <param name="fileName">The name that the image gets.</param>
    /// <returns>UTF-8; the records are those that <see cref="Write"/> writes.</returns>
    /// <exception cref="SinewException">A number of the data is not finite.</exception>
    public static byte[] Sample(PoseData data, int image, ReadOnlySpan<int> people, string fileName)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var sample = new MemoryStream();
        using (var json = new Utf8JsonWriter(sample))
        {
            try
            {
                json.WriteStartObject();
                json.WritePropertyName("image");
                WriteImage(json, data.Images, image, fileName);
                json.WriteStartArray("annotations");
                foreach (var person in people) WritePerson(json, data, person);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            catch (ArgumentException e)
            {
                throw new SinewException($"{fileName}: its people have a number that is not finite, which JSON cannot hold", e);
            }
        }

        return sample.ToArray();
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
            WriteImage(json, images, i, images.FileNames[i]);
            FlushSometimes(json);
        }

        json.WriteEndArray();
    }

    private static void WriteImage(Utf8JsonWriter json, ImageTable images, int image, string fileName)
    {
        json.WriteStartObject();
        json.WriteNumber("id", images.Ids[image]);
        json.WriteString("file_name", fileName);
        json.WriteNumber("width", images.Widths[image]);
        json.WriteNumber("height", images.Heights[image]);
        if (images.CrowdIndices?[image] is { } index && !double.IsNaN(index)) json.WriteNumber("crowdIndex", index);
        json.WriteEndObject();
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
        json.WriteStartArray("annotations");
        for (var p = 0; p < data.People.Count; p++)
        {
            WritePerson(json, data, p);
            FlushSometimes(json);
        }

        json.WriteEndArray();
    }

    private static void WritePerson(Utf8JsonWriter json, PoseData data, int person)
    {
        var people = data.People;
        json.WriteStartObject();
        json.WriteNumber("id", people.Ids[person]);
        json.WriteNumber("image_id", data.Images.Ids[people.Image[person]]);
        json.WriteNumber("category_id", 1);
        WriteJoints(json, data.KeypointsOf(person), data.StatesOf(person));
        json.WriteNumber("num_keypoints", people.LabelledCounts?[person] is { } count and >= 0 ? count : data.LabelledOf(person));
        json.WriteStartArray("bbox");
        json.WriteNumberValue(people.Boxes[person].X);
        json.WriteNumberValue(people.Boxes[person].Y);
        json.WriteNumberValue(people.Boxes[person].Width);
        json.WriteNumberValue(people.Boxes[person].Height);
        json.WriteEndArray();
        json.WriteNumber("area", people.Areas[person]);
        json.WriteNumber("iscrowd", people.Crowd[person] ? 1 : 0);
        if (people.TrackIds?[person] is { } track and >= 0) json.WriteNumber("track_id", track);
        if (people.ValidParts is { } valid) WriteValid(json, valid[person]);
        json.WriteEndObject();
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
