using System.Text.Json;

namespace Sinew.Cli.Annotate;

/// <summary>
/// The people in the order in which somebody should look at them: by how wrong their new joints are expected to be.
/// </summary>
/// <remarks>
/// <para>
/// The error of a joint is 1 − exp(−d² / (2 · (2σ)² · area)), one minus its part of COCO's OKS: 0 on the spot, 1 far away. It is known where
/// a joint is both labelled and predicted, which also tells what a score is worth on these very pictures: the known errors are put into twenty
/// groups of equal size by score, and the groups' means, made to fall with the score (pool adjacent violators), are the error that is expected of
/// a joint of that score.
/// </para>
/// <para>A person's expected error is the mean of that over the new joints, and of it and the mean known error where there is one.</para>
/// </remarks>
internal sealed class ReviewList
{
    private const int Groups = 20;
    private const int FewestPerGroup = 5;
    private const int MostDoubtful = 3;

    private readonly AnnotatedPeople _people;
    private readonly List<(float Score, double Error)> _expected;

    public ReviewList(AnnotatedPeople people)
    {
        _people = people;
        var known = new List<(float Score, double Error)>();
        for (var person = 0; person < people.Data.People.Count; person++)
        {
            if (!people.IsPredicted(person)) continue;
            for (var t = 0; t < people.Target.Count; t++)
            {
                if (ErrorOf(person, t) is { } error) known.Add((people.ModelJoint(person, t).Score, error));
            }
        }

        Known = known.Count;
        _expected = Calibrate(known);
    }

    /// <summary>How many joints were both labelled and predicted.</summary>
    public int Known { get; }

    /// <summary>Upper ends of scores, and the errors expected up to them, falling; empty where too few are known.</summary>
    public IReadOnlyList<(float Score, double Error)> Expected => _expected;

    /// <summary>The error that is expected of a joint by its score; 1 − score where nothing is known.</summary>
    public double ExpectedOf(float score)
    {
        foreach (var (upTo, error) in _expected)
        {
            if (score <= upTo) return error;
        }

        return _expected.Count > 0 ? _expected[^1].Error : 1 - Math.Clamp(score, 0, 1);
    }

    /// <summary>Writes the list, worst first.</summary>
    /// <param name="json">Where to; one object is written.</param>
    /// <param name="labels">Name of the label file.</param>
    /// <param name="model">Name of the model.</param>
    public void Write(Utf8JsonWriter json, string labels, string model)
    {
        json.WriteStartObject();
        json.WriteString("labels", labels);
        json.WriteString("model", model);
        json.WriteStartArray("joints_added");
        foreach (var t in _people.Added) json.WriteStringValue(_people.Target.Joints[t].Name);
        json.WriteEndArray();
        json.WriteNumber("joints_compared", Known);
        json.WriteStartArray("expected_error_by_score");
        foreach (var (score, error) in _expected)
        {
            json.WriteStartObject();
            json.WriteNumber("score_up_to", score);
            json.WriteNumber("error", Math.Round(error, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("people");
        var order = Enumerable.Range(0, _people.Data.People.Count).Where(_people.IsPredicted).Select(p => (Person: p, Errors: ErrorsOf(p)));
        foreach (var (person, errors) in order.OrderByDescending(o => o.Errors.Expected).ThenBy(o => o.Person)) WritePerson(json, person, errors);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static List<(float Score, double Error)> Calibrate(List<(float Score, double Error)> known)
    {
        var groups = Math.Min(Groups, known.Count / FewestPerGroup);
        var pools = new List<(float Score, double Sum, int Count)>();
        known.Sort((a, b) => a.Score.CompareTo(b.Score));
        for (var g = 0; g < groups; g++)
        {
            var (from, to) = ((int)((long)g * known.Count / groups), (int)((long)(g + 1) * known.Count / groups));
            var sum = 0.0;
            for (var i = from; i < to; i++) sum += known[i].Error;
            pools.Add((known[to - 1].Score, sum, to - from));
            // a group of better scores that did worse is one with the group before
            while (pools.Count > 1 && pools[^1].Sum * pools[^2].Count >= pools[^2].Sum * pools[^1].Count)
            {
                pools[^2] = (pools[^1].Score, pools[^2].Sum + pools[^1].Sum, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }

        return [.. pools.Select(p => (p.Score, p.Sum / p.Count))];
    }

    /// <summary>A person's errors: known, of the new joints, and both together.</summary>
    internal (double? Known, double? New, double Expected) ErrorsOf(int person)
    {
        var (known, labelled, expected, added) = (0.0, 0, 0.0, 0);
        for (var t = 0; t < _people.Target.Count; t++)
        {
            if (ErrorOf(person, t) is { } error)
            {
                known += error;
                labelled++;
            }
            else if (_people.IsWritten(person, t))
            {
                expected += ExpectedOf(_people.ModelJoint(person, t).Score);
                added++;
            }
        }

        double? knownMean = labelled > 0 ? known / labelled : null;
        double? newMean = added > 0 ? expected / added : null;
        return (knownMean, newMean, knownMean is { } k && newMean is { } n ? (k + n) / 2 : knownMean ?? newMean ?? 0);
    }

    /// <summary>The error of a joint that is both labelled and predicted; null for others.</summary>
    private double? ErrorOf(int person, int t)
    {
        if (_people.ModelOf[t] < 0 || !_people.IsLabelled(person, t)) return null;
        var squared = DistanceOf(person, t) is var d ? d * d : 0;
        var width = 2 * _people.Target.Joints[t].Sigma;
        return 1 - Math.Exp(-squared / (2 * width * width * Math.Max(_people.Data.People.Areas[person], 1)));
    }

    private double DistanceOf(int person, int t)
    {
        var label = _people.Data.KeypointsOf(person).Slice(2 * _people.DataOf[t], 2);
        var (x, y, _) = _people.ModelJoint(person, t);
        return Math.Sqrt(((x - label[0]) * (x - label[0])) + ((y - label[1]) * (y - label[1])));
    }

    private void WritePerson(Utf8JsonWriter json, int person, (double? Known, double? New, double Expected) errors)
    {
        var data = _people.Data;
        var image = data.People.Image[person];
        json.WriteStartObject();
        json.WriteNumber("id", data.People.Ids[person]);
        json.WriteNumber("image_id", data.Images.Ids[image]);
        json.WriteString("file_name", data.Images.FileNames[image]);
        json.WriteNumber("expected_error", Math.Round(errors.Expected, 4));
        if (errors.Known is { } known) json.WriteNumber("known_error", Math.Round(known, 4));
        if (errors.New is { } added) json.WriteNumber("new_error", Math.Round(added, 4));
        json.WriteStartArray("doubtful");
        foreach (var (t, error, isKnown) in Doubtful(person))
        {
            json.WriteStartObject();
            json.WriteString("joint", _people.Target.Joints[t].Name);
            json.WriteNumber("error", Math.Round(error, 4));
            json.WriteNumber("score", Math.Round(_people.ModelJoint(person, t).Score, 4));
            if (isKnown) json.WriteNumber("pixels", Math.Round(DistanceOf(person, t), 1));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private IEnumerable<(int Joint, double Error, bool Known)> Doubtful(int person) =>
        Enumerable.Range(0, _people.Target.Count)
            .Select(t => ErrorOf(person, t) is { } known ? (t, known, true) : _people.IsWritten(person, t) ? (t, ExpectedOf(_people.ModelJoint(person, t).Score), false) : (-1, 0.0, false))
            .Where(e => e.Item1 >= 0)
            .OrderByDescending(e => e.Item2).ThenBy(e => e.Item1)
            .Take(MostDoubtful);
}
