using System.Globalization;
using System.Text;
using System.Text.Json;
using Sinew.Annotations;

namespace Sinew.Cli.Annotate;

/// <summary>
/// Writes records with the joints that were added. Old joints are copied as text; so is every field that is not the joints'.
/// </summary>
/// <param name="people">The people and their predictions.</param>
/// <param name="report">What the reader found out about the file.</param>
/// <param name="sure">Score from which a predicted joint is called visible.</param>
/// <param name="about">The member that the file's top gets.</param>
/// <param name="file">The file's name in messages.</param>
internal sealed class RecordWriter(AnnotatedPeople people, ReadReport report, double sure, string about, string file) : IRecordEditor
{
    private const string AboutKey = "predicted_joints";

    private readonly bool _mpii = report.Format == AnnotationFormat.Mpii;
    private readonly Dictionary<long, int> _rows = Enumerable.Range(0, people.Data.People.Count).ToDictionary(p => people.Data.People.Ids[p]);
    private readonly HashSet<int> _written = [];
    private readonly StringBuilder _joints = new();
    private readonly StringBuilder _visible = new();
    private readonly StringBuilder _scores = new();
    private readonly StringBuilder _origins = new();

    /// <summary>People who got joints.</summary>
    public int Extended { get; private set; }

    /// <summary>Joints that were added.</summary>
    public long Added { get; private set; }

    public void Person(ReadOnlySpan<byte> record, int index, Stream to)
    {
        var members = JsonParts.Members(record);
        var joints = Find(record, members, _mpii ? "joints"u8 : "keypoints"u8);
        var visible = _mpii ? Find(record, members, "joints_vis"u8) ?? Find(record, members, "labelled"u8) : null;
        if (joints is null || record[joints.Value.Value.Start] != '[' || !OfCategory(record, members))
        {
            to.Write(record);
            return;
        }

        var row = _mpii ? _rows.GetValueOrDefault(index, -1) : RowOf(record, members, joints.Value);
        var text = record[joints.Value.Value];
        var old = JsonParts.Elements(text);
        var each = _mpii ? 1 : 3;
        if (old.Count != people.Data.Skeleton.Count * each)
        {
            // a record that the reader left out, too
            if (row < 0)
            {
                to.Write(record);
                return;
            }

            throw new SinewException(
                $"{file}: {(_mpii ? "people" : "annotations")}[{index}]: {old.Count / each} joints in one list where {people.Data.Skeleton.Count} were read from several; bring it to one list first: sinew data convert {file} --out plain.json");
        }

        var comma = old.Count > 1 ? Encoding.UTF8.GetString(text[old[0].End..old[1].Start]) : ", ";
        var added = Build(
            text, old, visible is { } v ? record[v.Value] : default,
            Find(record, members, "keypoint_scores"u8) is { } s ? record[s.Value] : default, Find(record, members, "keypoint_origin"u8) is { } o ? record[o.Value] : default, row, each, comma);
        var edits = new List<(Range Where, string Text)> { (joints.Value.Value, $"[{_joints}]") };
        if (visible is { } flags) edits.Add((flags.Value, $"[{_visible}]"));
        var tail = new StringBuilder();
        Put("keypoint_scores"u8, "keypoint_scores", _scores, record);
        Put("keypoint_origin"u8, "keypoint_origin", _origins, record);
        if (!_mpii && Find(record, members, "num_keypoints"u8) is { } number && Whole(record, number) is { } count) edits.Add((number.Value, $"{count + added}"));
        Splice(record, edits, tail.ToString(), to);
        if (added > 0) Extended++;
        Added += added;

        void Put(ReadOnlySpan<byte> key, string name, StringBuilder list, ReadOnlySpan<byte> record)
        {
            if (Find(record, members, key) is { } there) edits.Add((there.Value, $"[{list}]"));
            else tail.Append(CultureInfo.InvariantCulture, $", \"{name}\": [{list}]");
        }
    }

    public void Category(ReadOnlySpan<byte> record, Stream to)
    {
        var members = JsonParts.Members(record);
        var id = Whole(record, Find(record, members, "id"u8));
        if (id != (report.Category ?? 1))
        {
            to.Write(record);
            return;
        }

        var names = Find(record, members, "keypoints"u8);
        var old = names is { } n ? JsonParts.Elements(record[n.Value]) : [];
        var list = new StringBuilder();
        for (var t = 0; t < people.Target.Count; t++)
        {
            if (t > 0) list.Append(", ");
            // the file's own spelling of the names that it has
            if (people.DataOf[t] is >= 0 and var d && old.Count == people.Data.Skeleton.Count) list.Append(Encoding.UTF8.GetString(record[names!.Value.Value][old[d]]));
            else list.Append(JsonSerializer.Serialize(people.Target.Joints[t].Name));
        }

        var limbs = string.Join(", ", people.Target.Limbs.Select(l => $"[{l.From + 1}, {l.To + 1}]"));
        var edits = new List<(Range Where, string Text)>();
        var tail = new StringBuilder();
        foreach (var (there, name, text) in new[] { (names, "keypoints", list.ToString()), (Find(record, members, "skeleton"u8), "skeleton", limbs) })
        {
            if (there is { } place) edits.Add((place.Value, $"[{text}]"));
            else tail.Append(CultureInfo.InvariantCulture, $", \"{name}\": [{text}]");
        }

        Splice(record, edits, tail.ToString(), to);
    }

    public string LastMember(IReadOnlySet<string> keys)
    {
        var key = AboutKey;
        for (var n = 2; keys.Contains(key); n++) key = $"{AboutKey}_{n}";
        return $"\"{key}\": {about}";
    }

    /// <summary>Writes a person's lists into the builders.</summary>
    /// <returns>How many joints were added.</returns>
    private int Build(
        ReadOnlySpan<byte> text, List<Range> old, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> scores, ReadOnlySpan<byte> origins, int row, int each, string comma)
    {
        foreach (var list in (ReadOnlySpan<StringBuilder>)[_joints, _visible, _scores, _origins]) list.Clear();
        var oldFlags = flags.IsEmpty ? null : JsonParts.Elements(flags);
        // what an earlier run predicted keeps its score and its mark
        var oldScores = scores.IsEmpty ? null : JsonParts.Elements(scores);
        var oldOrigins = origins.IsEmpty ? null : JsonParts.Elements(origins);
        var known = people.Data.Skeleton.Count;
        if (oldScores?.Count != known || oldOrigins?.Count != known) (oldScores, oldOrigins) = (null, null);
        var added = 0;
        for (var t = 0; t < people.Target.Count; t++)
        {
            var before = t == 0 ? "" : comma;
            var plain = t == 0 ? "" : ", ";
            if (row >= 0 && people.IsWritten(row, t))
            {
                var (x, y, score) = people.ModelJoint(row, t);
                added++;
                // MPII counts pixels from 1
                if (_mpii) _joints.Append(CultureInfo.InvariantCulture, $"{before}[{x + 1:0.##}, {y + 1:0.##}]");
                else _joints.Append(CultureInfo.InvariantCulture, $"{before}{x:0.##}{comma}{y:0.##}{comma}{(score >= sure ? 2 : 1)}");
                _visible.Append(plain).Append('1');
                _scores.Append(CultureInfo.InvariantCulture, $"{plain}{score:0.####}");
                Append(JointOrigin.Predicted);
                continue;
            }

            var d = people.DataOf[t];
            if (d < 0)
            {
                _joints.Append(before).Append(_mpii ? "[-1, -1]" : $"0{comma}0{comma}0");
                _visible.Append(plain).Append('0');
                _scores.Append(plain).Append('0');
                Append(JointOrigin.None);
                continue;
            }

            for (var i = 0; i < each; i++) _joints.Append(i == 0 ? before : comma).Append(Encoding.UTF8.GetString(text[old[(d * each) + i]]));
            if (oldFlags?.Count == known) _visible.Append(plain).Append(Encoding.UTF8.GetString(flags[oldFlags[d]]));
            if (oldScores is not null)
            {
                _scores.Append(plain).Append(Encoding.UTF8.GetString(scores[oldScores[d]]));
                _origins.Append(plain).Append(Encoding.UTF8.GetString(origins[oldOrigins![d]]));
                continue;
            }

            var labelled = row >= 0 && people.IsLabelled(row, t);
            _scores.Append(plain).Append(labelled ? '1' : '0');
            Append(labelled ? JointOrigin.Labelled : JointOrigin.None);

            void Append(JointOrigin origin) => _origins.Append(plain).Append((int)origin);
        }

        return added;
    }

    /// <summary>
    /// The row that the reader made of a record, or −1. Of several records with one id it kept the first that is in order: the others, and those
    /// before it that are not, are nobody's.
    /// </summary>
    private int RowOf(ReadOnlySpan<byte> record, List<JsonParts.Member> members, JsonParts.Member joints)
    {
        if (Whole(record, Find(record, members, "id"u8)) is not { } id || !_rows.TryGetValue(id, out var row)) return -1;
        if (Whole(record, Find(record, members, "image_id"u8)) != people.Data.Images.Ids[people.Data.People.Image[row]]) return -1;
        if (Numbers(record[joints.Value]) is not { } triples || !AreJoints(triples)) return -1;
        if (Find(record, members, "bbox"u8) is { } box && !(Numbers(record[box.Value]) is ([] or [_, _, >= 0, >= 0]) and var sides && sides.All(float.IsFinite))) return -1;
        return _written.Add(row) ? row : -1;
    }

    /// <summary>True where each joint's flag is finite, and the place of each that is labelled.</summary>
    private static bool AreJoints(float[] triples)
    {
        for (var i = 0; i + 2 < triples.Length; i += 3)
        {
            if (!float.IsFinite(triples[i + 2]) || (triples[i + 2] > 0 && !float.IsFinite(triples[i] + triples[i + 1]))) return false;
        }

        return true;
    }

    /// <summary>A list of numbers; null where it is something else.</summary>
    private static float[]? Numbers(ReadOnlySpan<byte> list)
    {
        if (list[0] != '[') return null;
        var elements = JsonParts.Elements(list);
        var numbers = new float[elements.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!float.TryParse(list[elements[i]], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) return null;
        }

        return numbers;
    }

    private bool OfCategory(ReadOnlySpan<byte> record, List<JsonParts.Member> members) =>
        _mpii || report.Category is not { } category || Find(record, members, "category_id"u8) is not { } its || Whole(record, its) == category;

    private static JsonParts.Member? Find(ReadOnlySpan<byte> record, List<JsonParts.Member> members, ReadOnlySpan<byte> key)
    {
        JsonParts.Member? found = null;
        foreach (var member in members)
        {
            // of a key that stands twice the last counts, as readers take it
            if (record[member.Key].SequenceEqual(key)) found = member;
        }

        return found;
    }

    private static long? Whole(ReadOnlySpan<byte> record, JsonParts.Member? member) =>
        member is { } m && double.TryParse(record[m.Value], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value == Math.Floor(value) ? (long)value : null;

    /// <summary>Writes a record with some of its values replaced and something more before its closing brace.</summary>
    private static void Splice(ReadOnlySpan<byte> record, List<(Range Where, string Text)> edits, string tail, Stream to)
    {
        var at = 0;
        foreach (var (where, text) in edits.OrderBy(e => e.Where.Start.Value))
        {
            to.Write(record[at..where.Start.Value]);
            to.Write(Encoding.UTF8.GetBytes(text));
            at = where.End.Value;
        }

        var end = record.LastIndexOf((byte)'}');
        var last = end;
        while (record[last - 1] <= ' ') last--;
        to.Write(record[at..last]);
        to.Write(Encoding.UTF8.GetBytes(tail));
        to.Write(record[last..]);
    }
}
