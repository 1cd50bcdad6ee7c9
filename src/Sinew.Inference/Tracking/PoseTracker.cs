using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// Gives the people of a video's frames identities: who is similar enough to somebody of the frames before keeps that one's id, everybody
/// else gets a new one. Ids count from 1 and are never used again. For one thread at a time.
/// </summary>
/// <remarks>
/// <para>
/// Similarity is a mean of OKS and IoU, measured where a person is thought to be after moving on as before. People of the last frame are
/// assigned first, all at once so that the sum of the similarities is largest; who is left is offered to those lost some frames ago, who
/// have to be more similar (<see cref="TrackerOptions.ReturnSimilarity"/>).
/// </para>
/// <para>The same frames give the same ids, in whatever order the people of a frame come.</para>
/// </remarks>
public sealed class PoseTracker
{
    // Two people whose centres are further apart than this many sizes have nothing in common.
    private const float FarApart = 3;

    private readonly TrackerOptions _options;
    private readonly Skeleton _skeleton;
    private readonly PoseSimilarity _similarity;
    private readonly Assignment _assignment = new();
    private readonly List<Track> _tracks = [];
    private readonly Stack<Track> _spare = [];
    private readonly List<Track> _seen = [];
    private readonly List<Track> _lost = [];
    private readonly List<int> _free = [];
    private readonly float[] _moved;
    private int[] _columnOf = [];
    private float[] _gains = [];
    private int _lastId;

    /// <summary>Makes a tracker that knows nobody yet.</summary>
    /// <param name="skeleton">The people's joints.</param>
    /// <param name="options">How people are followed; null for the defaults.</param>
    /// <exception cref="SinewException">An option is out of its range.</exception>
    public PoseTracker(Skeleton skeleton, TrackerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        (_skeleton, _options) = (skeleton, options ?? new TrackerOptions());
        if (!(_options.PoseWeight is >= 0 and <= 1)) throw new SinewException($"a pose weight of {_options.PoseWeight}; give 0 to 1");
        if (!(_options.MinSimilarity is >= 0 and < 1)) throw new SinewException($"a least similarity of {_options.MinSimilarity}; give 0 or more, below 1");
        if (!(_options.Motion > 0)) throw new SinewException($"a motion of {_options.Motion}; give more than 0");
        if (_options.KeepFrames < 0) throw new SinewException($"people kept for {_options.KeepFrames} frames; give 0 or more");
        _similarity = new PoseSimilarity(skeleton, _options.Motion);
        _moved = new float[skeleton.Count * 2];
    }

    /// <summary>The people who are followed, also those not seen in the last frame.</summary>
    internal IReadOnlyList<Track> Tracks => _tracks;

    /// <summary>Takes the people of the next frame.</summary>
    /// <param name="people">The people, in any order.</param>
    /// <returns>Their ids, in the people's order; −1 for one who is nobody known and whose box scores too low to begin.</returns>
    /// <exception cref="ArgumentException">A person has another number of joints than the skeleton.</exception>
    public int[] Update(ReadOnlySpan<PosePerson> people)
    {
        var ids = new int[people.Length];
        Update(people, ids);
        return ids;
    }

    /// <summary>Takes the people of the next frame.</summary>
    /// <param name="people">The people, in any order.</param>
    /// <param name="ids">Filled with their ids; −1 for one who is nobody known and whose box scores too low to begin.</param>
    /// <exception cref="ArgumentException">A person has another number of joints than the skeleton, or there is no room for the ids.</exception>
    public void Update(ReadOnlySpan<PosePerson> people, Span<int> ids)
    {
        if (ids.Length != people.Length) throw new ArgumentException($"{people.Length} people need as many ids, not {ids.Length}", nameof(ids));
        _free.Clear();
        for (var i = 0; i < people.Length; i++)
        {
            if (people[i].Scores.Length != _skeleton.Count || people[i].Keypoints.Length != 2 * _skeleton.Count)
            {
                throw new ArgumentException($"a person of {people[i].Scores.Length} joints; the tracker's skeleton has {_skeleton.Count}", nameof(people));
            }

            _free.Add(i);
        }

        ids.Fill(-1);
        Sort(people);
        _seen.Clear();
        _lost.Clear();
        foreach (var track in _tracks) (track.Missed == 0 ? _seen : _lost).Add(track);
        Assign(people, ids, _seen, _options.MinSimilarity);
        Assign(people, ids, _lost, Math.Max(_options.MinSimilarity, _options.ReturnSimilarity));
        Forget();
        foreach (var i in _free)
        {
            if (people[i].BoxScore < _options.StartScore) continue;
            var track = _spare.Count > 0 ? _spare.Pop() : new Track(_skeleton.Count);
            track.Begin(++_lastId, people[i]);
            _tracks.Add(track);
            ids[i] = track.Id;
        }
    }

    /// <summary>An order that follows from the people alone, so that the ids do not depend on the order they came in.</summary>
    private void Sort(ReadOnlySpan<PosePerson> people)
    {
        // an insertion sort: a frame has few people, and a comparer cannot hold a span
        for (var i = 1; i < _free.Count; i++)
        {
            var (at, person) = (i, _free[i]);
            for (; at > 0 && Compare(people[person], people[_free[at - 1]]) < 0; at--) _free[at] = _free[at - 1];
            _free[at] = person;
        }
    }

    private static int Compare(PosePerson a, PosePerson b)
    {
        if (b.BoxScore.CompareTo(a.BoxScore) is not 0 and var byScore) return byScore;
        if (a.Box.X.CompareTo(b.Box.X) is not 0 and var byX) return byX;
        if (a.Box.Y.CompareTo(b.Box.Y) is not 0 and var byY) return byY;
        if (a.Box.Width.CompareTo(b.Box.Width) is not 0 and var byWidth) return byWidth;
        if (a.Box.Height.CompareTo(b.Box.Height) is not 0 and var byHeight) return byHeight;
        return a.Keypoints.AsSpan().SequenceCompareTo(b.Keypoints) is not 0 and var byJoints ? byJoints : a.Scores.AsSpan().SequenceCompareTo(b.Scores);
    }

    private void Assign(ReadOnlySpan<PosePerson> people, Span<int> ids, List<Track> rows, float least)
    {
        if (rows.Count == 0) return;
        if (_gains.Length < rows.Count * _free.Count) _gains = new float[2 * rows.Count * _free.Count];
        if (_columnOf.Length < rows.Count) _columnOf = new int[2 * rows.Count];
        for (var r = 0; r < rows.Count; r++)
        {
            var (dx, dy) = rows[r].Expected;
            for (var k = 0; k < _moved.Length; k += 2) (_moved[k], _moved[k + 1]) = (rows[r].Keypoints[k] + dx, rows[r].Keypoints[k + 1] + dy);
            for (var c = 0; c < _free.Count; c++) _gains[(r * _free.Count) + c] = Similarity(rows[r], people[_free[c]]) - least;
        }

        _assignment.Solve(_gains.AsSpan(0, rows.Count * _free.Count), rows.Count, _free.Count, _columnOf);
        for (var r = 0; r < rows.Count; r++)
        {
            if (_columnOf[r] < 0)
            {
                rows[r].Miss();
                continue;
            }

            var person = _free[_columnOf[r]];
            rows[r].Continue(people[person]);
            ids[person] = rows[r].Id;
        }

        for (var c = _free.Count - 1; c >= 0; c--)
        {
            if (ids[_free[c]] >= 0) _free.RemoveAt(c);
        }
    }

    private float Similarity(Track track, PosePerson person)
    {
        var expected = track.ExpectedBox;
        var reach = FarApart * 0.5f * (expected.Width + expected.Height + person.Box.Width + person.Box.Height);
        if (MathF.Abs(expected.X - person.Box.X) > reach || MathF.Abs(expected.Y - person.Box.Y) > reach) return 0;
        var iou = PoseSimilarity.Iou(expected, person.Box);
        var oks = _similarity.Oks(_moved, track.Scores, track.Box, person.Keypoints, person.Scores, person.Box);
        return oks < 0 ? iou : (_options.PoseWeight * oks) + ((1 - _options.PoseWeight) * iou);
    }

    private void Forget()
    {
        for (var t = _tracks.Count - 1; t >= 0; t--)
        {
            if (_tracks[t].Missed <= _options.KeepFrames) continue;
            _spare.Push(_tracks[t]);
            _tracks.RemoveAt(t);
        }
    }
}
