using System.Globalization;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary>What a data set holds, in numbers.</summary>
internal sealed class DataSummary
{
    private readonly int[][] _statesOfJoint;

    private DataSummary(Skeleton skeleton, int[][] statesOfJoint) => (Skeleton, _statesOfJoint) = (skeleton, statesOfJoint);

    public Skeleton Skeleton { get; }

    private int People { get; init; }

    private int Crowds { get; init; }

    private Quantiles BoxWidths { get; init; }

    private Quantiles BoxHeights { get; init; }

    private Quantiles LabelledJoints { get; init; }

    private Quantiles PeoplePerImage { get; init; }

    public static DataSummary Of(PoseData data)
    {
        var states = data.Skeleton.Joints.Select(_ => new int[Enum.GetValues<JointState>().Length]).ToArray();
        var crowd = data.People.Crowd;
        var people = Enumerable.Range(0, data.People.Count).Where(p => !crowd[p]).ToArray();
        foreach (var person in people)
        {
            var ofPerson = data.StatesOf(person);
            for (var j = 0; j < ofPerson.Length; j++) states[j][(int)ofPerson[j]]++;
        }

        var onImage = new float[data.Images.Count];
        foreach (var person in people) onImage[data.People.Image[person]]++;
        return new DataSummary(data.Skeleton, states)
        {
            People = people.Length,
            Crowds = data.People.Count - people.Length,
            BoxWidths = Quantiles.Of(people.Select(p => data.People.Boxes[p].Width)),
            BoxHeights = Quantiles.Of(people.Select(p => data.People.Boxes[p].Height)),
            LabelledJoints = Quantiles.Of(people.Select(p => (float)data.LabelledOf(p))),
            PeoplePerImage = Quantiles.Of(onImage),
        };
    }

    public void Write(IAnsiConsole console)
    {
        var sizes = new Table().Border(TableBorder.Simple).AddColumns("", "least", "half below", "most");
        AddRow(sizes, "people per image", PeoplePerImage);
        AddRow(sizes, "labelled joints per person", LabelledJoints);
        AddRow(sizes, "box width, pixels", BoxWidths);
        AddRow(sizes, "box height, pixels", BoxHeights);
        console.Write(sizes);

        var joints = new Table().Border(TableBorder.Simple).AddColumns("", "joint", "visible", "occluded", "unlabelled", "labelled");
        foreach (var column in joints.Columns.Skip(2)) column.RightAligned();
        for (var j = 0; j < Skeleton.Count; j++)
        {
            joints.AddRow(
                new Text(Number(j)),
                new Text(Skeleton.Joints[j].Name),
                new Text(Number(Count(j, JointState.Visible))),
                new Text(Number(Count(j, JointState.Occluded))),
                new Text(Number(Count(j, JointState.Unlabelled))),
                new Text(People == 0 ? "" : (100.0 * Labelled(j) / People).ToString("0.0", CultureInfo.InvariantCulture) + " %"));
        }

        console.Write(joints);
        if (Crowds > 0) console.WriteLine($"{Crowds} crowd regions are not counted");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("skeleton", Skeleton.Name);
        json.WriteNumber("crowds", Crowds);
        json.WriteStartArray("joints");
        for (var j = 0; j < Skeleton.Count; j++)
        {
            json.WriteStartObject();
            json.WriteString("name", Skeleton.Joints[j].Name);
            json.WriteNumber("visible", Count(j, JointState.Visible));
            json.WriteNumber("occluded", Count(j, JointState.Occluded));
            json.WriteNumber("unlabelled", Count(j, JointState.Unlabelled));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        PeoplePerImage.Write(json, "people_per_image");
        LabelledJoints.Write(json, "labelled_joints");
        BoxWidths.Write(json, "box_width");
        BoxHeights.Write(json, "box_height");
    }

    private int Count(int joint, JointState state) => _statesOfJoint[joint][(int)state];

    private int Labelled(int joint) => Count(joint, JointState.Visible) + Count(joint, JointState.Occluded);

    private static void AddRow(Table table, string name, Quantiles q) =>
        table.AddRow(new Text(name), new Text(Number(q.Least)), new Text(Number(q.Median)), new Text(Number(q.Most)));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The least, the middle (of an even count the upper) and the most of many values; zeros where there are none.</summary>
    private readonly record struct Quantiles(float Least, float Median, float Most)
    {
        public static Quantiles Of(IEnumerable<float> values)
        {
            var sorted = values.Order().ToArray();
            return sorted.Length == 0 ? default : new Quantiles(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
        }

        public void Write(Utf8JsonWriter json, string name)
        {
            json.WriteStartObject(name);
            json.WriteNumber("least", Least);
            json.WriteNumber("median", Median);
            json.WriteNumber("most", Most);
            json.WriteEndObject();
        }
    }
}
