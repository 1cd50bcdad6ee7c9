namespace Sinew.Evaluation;

/// <summary>
/// Predictions matched to people, image by image, at all thresholds and for all areas. Images are worked on independently
/// of each other, so that any part of them can be scored afterwards.
/// </summary>
internal sealed class OksMatching
{
    internal const int AllAreas = 0;
    internal const int MediumAreas = 1;
    internal const int LargeAreas = 2;

    private const int ImagesPerTask = 256;

    /// <summary>Lower and upper limit of each range of areas, square pixels, both included.</summary>
    private static readonly (double From, double To)[] AreaRanges =
        [(0, 1e5 * 1e5), (32 * 32, 96 * 96), (96 * 96, 1e5 * 1e5)];

    private readonly PoseLabels _truth;
    private readonly PoseResults _predictions;
    private readonly OksOptions _options;
    private readonly ScoredJoints _joints;
    private readonly bool[] _chosen;
    private readonly double[] _doubledVariances;
    private readonly ImageGroups _images;
    private readonly double[] _scores;
    private readonly int[] _rowOfPerson;

    /// <summary>Per range of areas, the outcome of each slot of <see cref="ImageGroups.Predictions"/>.</summary>
    private readonly OksOutcome[][] _outcomes;

    /// <summary>Per person, whether it is a crowd or has nothing to be found.</summary>
    private readonly bool[] _ignored;

    /// <summary>Per person, whether any scored joint is labelled.</summary>
    private readonly bool[] _hasJoints;
    private readonly double[] _areas;
    private readonly double[] _personOks;

    internal OksMatching(PoseLabels truth, PoseResults predictions, OksOptions options)
    {
        (_truth, _predictions, _options) = (truth, predictions, options);
        _joints = ScoredJoints.Between(predictions.Skeleton, truth.Skeleton);
        _chosen = Chosen(truth.Skeleton.Count, options.Joints);
        var sigmas = options.Sigmas ?? truth.Skeleton.Sigmas;
        if (sigmas.Count != truth.Skeleton.Count)
        {
            throw new ArgumentException($"{sigmas.Count} sigmas for the {truth.Skeleton.Count} joints of {truth.Skeleton.Name}");
        }

        _doubledVariances = [.. sigmas.Select(s => 2 * (s * 2) * (s * 2))];
        _scores = options.PartScore is { } part && predictions.PartScores.TryGetValue(part, out var partScores)
            ? partScores
            : predictions.Scores;
        _images = ImageGroups.Of(truth, predictions, Takes);
        _images.RankPredictions(_scores, options.MaxDetections);
        _rowOfPerson = RowOfPerson();
        _outcomes = [.. AreaRanges.Select(_ => new OksOutcome[_images.Predictions.Length])];
        (_hasJoints, _areas, _personOks) = (new bool[truth.Count], new double[truth.Count], new double[truth.Count]);
        _ignored = new bool[truth.Count];
        for (var p = 0; p < truth.Count; p++) PreparePerson(p);
    }

    /// <summary>How many people are to be found.</summary>
    internal int PeopleToFind => _ignored.Count(i => !i);

    /// <summary>How many predictions took part.</summary>
    internal int Predictions => _images.CountPredictions();

    internal static OksMatching Run(PoseLabels truth, PoseResults predictions, OksOptions options)
    {
        var matching = new OksMatching(truth, predictions, options);
        var tasks = (matching._images.Count + ImagesPerTask - 1) / ImagesPerTask;
        Parallel.For(
            0,
            tasks,
            new ParallelOptions { MaxDegreeOfParallelism = matching.Threads },
            () => new Scratch(truth.Skeleton.Count),
            (task, _, scratch) =>
            {
                var end = Math.Min(matching._images.Count, (task + 1) * ImagesPerTask);
                for (var image = task * ImagesPerTask; image < end; image++) matching.MatchImage(image, scratch);
                return scratch;
            },
            _ => { });
        return matching;
    }

    /// <summary>
    /// A prediction for every person, or −1: the best-scored one that was made for it, or, where that is not known, the most
    /// similar one of its image, the best-scored predictions choosing first.
    /// </summary>
    internal static int[] Pair(PoseLabels truth, PoseResults predictions)
    {
        // Joints count by their flags here, so those of a person whose num_keypoints is 0 do too (CrowdPose's counts visible joints alone).
        var matching = new OksMatching(truth, predictions, new OksOptions { MaxDetections = int.MaxValue, CountFlags = true });
        if (predictions.People is not null) return matching._rowOfPerson;
        var rows = new int[truth.Count];
        Array.Fill(rows, -1);
        var scratch = new Scratch(truth.Skeleton.Count);
        for (var image = 0; image < matching._images.Count; image++)
        {
            matching.FillSimilarities(image, scratch);
            var people = matching._images.PeopleOf(image);
            var (start, count) = matching._images.SlotsOf(image);
            for (var d = 0; d < count; d++)
            {
                var best = -1;
                for (var g = 0; g < people.Length; g++)
                {
                    if (matching._ignored[people[g]] || rows[people[g]] >= 0) continue;
                    if (best < 0 || scratch.Oks[(d * people.Length) + g] > scratch.Oks[(d * people.Length) + best]) best = g;
                }

                if (best >= 0) rows[people[best]] = matching._images.Predictions[start + d];
            }
        }

        return rows;
    }

    /// <summary>Calls back for every person to be found that has a prediction of at least this similarity.</summary>
    /// <param name="threshold">The least similarity.</param>
    /// <param name="found">Takes the people of the image, the matched person's row and the matched prediction's row.</param>
    internal void ForEachMatch(double threshold, MatchAction found)
    {
        var scratch = new Scratch(_truth.Skeleton.Count);
        for (var image = 0; image < _images.Count; image++)
        {
            FillSimilarities(image, scratch);
            var people = _images.PeopleOf(image);
            var (start, count) = _images.SlotsOf(image);
            Arrange(AllAreas, people, scratch);
            scratch.Taken.AsSpan(0, people.Length).Clear();
            for (var d = 0; d < count; d++)
            {
                var match = scratch.BestMatch(d, people.Length, threshold);
                if (match < 0) continue;
                scratch.Taken[match] = true;
                if (!scratch.Ignored[match]) found(people, people[scratch.Order[match]], _images.Predictions[start + d]);
            }
        }
    }

    /// <summary>Mean similarity of the people to be found, −1 where there are none.</summary>
    internal double MeanOks()
    {
        var (sum, people) = (0.0, 0);
        for (var p = 0; p < _ignored.Length; p++)
        {
            if (_ignored[p]) continue;
            sum += _personOks[p];
            people++;
        }

        return people == 0 ? -1 : sum / people;
    }

    /// <summary>Precision and recall of people in a range of areas.</summary>
    /// <param name="range">Which range.</param>
    /// <param name="takes">Which images (rows of <see cref="PoseLabels.ImageIds"/>) take part; null takes all.</param>
    internal OksCurve Curve(int range, Func<int, bool>? takes = null)
    {
        var (people, slots) = (0, new List<int>(_images.Predictions.Length));
        for (var image = 0; image < _images.Count; image++)
        {
            if (takes is not null && !takes(_images.Rows[image])) continue;
            foreach (var p in _images.PeopleOf(image))
            {
                if (!IgnoredIn(range, p)) people++;
            }

            var (start, count) = _images.SlotsOf(image);
            for (var s = start; s < start + count; s++) slots.Add(s);
        }

        var curve = OksCurve.Undefined();
        if (people == 0) return curve;
        var scores = new double[_images.Predictions.Length];
        foreach (var slot in slots) scores[slot] = _scores[_images.Predictions[slot]];
        int[] ranked = [.. slots];
        ScoreOrder.Sort(ranked, scores);
        var outcomes = Array.ConvertAll(ranked, slot => _outcomes[range][slot]);
        Parallel.For(
            0,
            OksCurve.Thresholds.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Threads },
            () => (new double[outcomes.Length], new double[outcomes.Length]),
            (t, _, space) =>
            {
                (curve.Precision[t], curve.Recall[t]) = OksCurve.At(outcomes, people, t, space.Item1, space.Item2);
                return space;
            },
            _ => { });
        return curve;
    }

    /// <summary>The joint that a flip puts in this one's place.</summary>
    internal int OtherSide(int joint) => _truth.Skeleton.SwapIndices[joint];

    /// <summary>Similarity of a point to one joint of a person, by another joint's sigma; −1 where it is not labelled.</summary>
    internal double Similarity(int person, int joint, int sigmaOf, double x, double y)
    {
        if (!_truth.LabelledOf(person)[joint]) return -1;
        var keypoints = _truth.KeypointsOf(person);
        var (dx, dy) = (x - keypoints[2 * joint], y - keypoints[(2 * joint) + 1]);
        return Math.Exp(-((dx * dx) + (dy * dy)) / (_doubledVariances[sigmaOf] * (_areas[person] + OksKernel.Epsilon)));
    }

    /// <summary>Receives a match.</summary>
    /// <param name="peopleOfImage">Rows of all people of the image.</param>
    /// <param name="person">Row of the person.</param>
    /// <param name="prediction">Row of the prediction.</param>
    internal delegate void MatchAction(ReadOnlySpan<int> peopleOfImage, int person, int prediction);

    private int Threads => _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount;

    internal static bool[] Chosen(int joints, IReadOnlyList<int>? subset)
    {
        var chosen = new bool[joints];
        if (subset is null)
        {
            Array.Fill(chosen, true);
            return chosen;
        }

        foreach (var joint in subset)
        {
            if ((uint)joint >= (uint)joints) throw new ArgumentException($"there is no joint {joint} among {joints}");
            chosen[joint] = true;
        }

        return chosen;
    }

    private bool Takes(int row) => !_options.DropUnscored || _joints.AnyScored(_predictions.JointScoresOf(row), _chosen);

    private bool IgnoredIn(int range, int person) =>
        _ignored[person] || _areas[person] < AreaRanges[range].From || _areas[person] > AreaRanges[range].To;

    private void PreparePerson(int person)
    {
        var labelled = _truth.LabelledOf(person);
        for (var j = 0; j < labelled.Length && !_hasJoints[person]; j++) _hasJoints[person] = labelled[j] && _chosen[j];
        var box = _truth.Boxes.AsSpan(person * 4, 4);
        _areas[person] = _options.AreaFromBoxes ? box[3] * box[2] * 0.53 : _truth.Areas[person];
        var byFlags = _options.CountFlags || _options.Joints is not null;
        _ignored[person] = _truth.Crowd[person]
            || (byFlags && !_hasJoints[person])
            || (!_options.CountFlags && _truth.LabelledCounts[person] == 0);
    }

    /// <summary>Per person, the best-scored prediction that was made for it, or −1; empty where nothing is known of that.</summary>
    private int[] RowOfPerson()
    {
        if (_predictions.People is not { } people) return [];
        var rows = new int[_truth.Count];
        Array.Fill(rows, -1);
        for (var row = 0; row < people.Length; row++)
        {
            if ((uint)people[row] >= (uint)rows.Length) continue;
            ref var best = ref rows[people[row]];
            if (best < 0 || _scores[row] > _scores[best]) best = row;
        }

        return rows;
    }

    private void MatchImage(int image, Scratch scratch)
    {
        FillSimilarities(image, scratch);
        var people = _images.PeopleOf(image);
        var (start, count) = _images.SlotsOf(image);
        for (var g = 0; g < people.Length; g++)
        {
            var best = 0.0;
            for (var d = 0; d < count; d++) best = Math.Max(best, scratch.Oks[(d * people.Length) + g]);
            _personOks[people[g]] = _rowOfPerson.Length == 0 ? best : OwnSimilarity(people[g], count, scratch);
        }

        if (count == 0) return;
        for (var range = 0; range < AreaRanges.Length; range++) MatchRange(range, people, start, count, scratch);
    }

    /// <summary>Similarity of every prediction of an image with every person in it, <c>[predictions, people]</c>.</summary>
    private void FillSimilarities(int image, Scratch scratch)
    {
        var people = _images.PeopleOf(image);
        var (start, count) = _images.SlotsOf(image);
        scratch.Reserve(people.Length, count);
        for (var d = 0; d < count; d++) scratch.LoadPrediction(this, d, _images.Predictions[start + d]);
        for (var g = 0; g < people.Length; g++)
        {
            scratch.LoadPerson(this, people[g]);
            for (var d = 0; d < count; d++) scratch.Oks[(d * people.Length) + g] = scratch.Similarity(this, people[g], d);
        }
    }

    /// <summary>Similarity of a person with the prediction that was made for it.</summary>
    private double OwnSimilarity(int person, int freeSlot, Scratch scratch)
    {
        if (_rowOfPerson[person] < 0) return 0;
        scratch.LoadPerson(this, person);
        scratch.LoadPrediction(this, freeSlot, _rowOfPerson[person]);
        return scratch.Similarity(this, person, freeSlot);
    }

    private void MatchRange(int range, ReadOnlySpan<int> people, int start, int count, Scratch scratch)
    {
        var total = people.Length;
        Arrange(range, people, scratch);
        var outcomes = _outcomes[range].AsSpan(start, count);
        outcomes.Clear();
        for (var t = 0; t < OksCurve.Thresholds.Length; t++)
        {
            var threshold = Math.Min(OksCurve.Thresholds[t], 1 - 1e-10);
            var taken = scratch.Taken.AsSpan(0, total);
            taken.Clear();
            for (var d = 0; d < count; d++)
            {
                var match = scratch.BestMatch(d, total, threshold);
                var bit = 1 << t;
                ref var outcome = ref outcomes[d];
                if (match >= 0)
                {
                    taken[match] = true;
                    outcome = new OksOutcome((ushort)(outcome.Matched | bit), (ushort)(outcome.Ignored | (scratch.Ignored[match] ? bit : 0)));
                }
                else if (scratch.PredictionAreas[d] < AreaRanges[range].From || scratch.PredictionAreas[d] > AreaRanges[range].To)
                {
                    outcome = outcome with { Ignored = (ushort)(outcome.Ignored | bit) };
                }
            }
        }
    }

    /// <summary>Puts the people of an image in the order of matching: the ignored ones last.</summary>
    private void Arrange(int range, ReadOnlySpan<int> people, Scratch scratch)
    {
        var (order, kept) = (scratch.Order, 0);
        for (var g = 0; g < people.Length; g++)
        {
            if (!IgnoredIn(range, people[g])) order[kept++] = g;
        }

        var at = kept;
        for (var g = 0; g < people.Length; g++)
        {
            if (IgnoredIn(range, people[g])) order[at++] = g;
        }

        for (var i = 0; i < people.Length; i++) (scratch.Ignored[i], scratch.Crowd[i]) = (i >= kept, _truth.Crowd[people[order[i]]]);
    }

    /// <summary>Working space of one thread.</summary>
    private sealed class Scratch(int joints)
    {
        private readonly int _stride = OksKernel.Stride(joints);
        private readonly double[] _tx = new double[OksKernel.Stride(joints)];
        private readonly double[] _ty = new double[OksKernel.Stride(joints)];
        private readonly double[] _weights = new double[OksKernel.Stride(joints)];
        private readonly double[] _mask = new double[OksKernel.Stride(joints)];
        private double[] _px = [];
        private double[] _py = [];
        private int _counted;

        internal double[] Oks { get; private set; } = [];

        internal double[] PredictionAreas { get; private set; } = [];

        internal int[] Order { get; private set; } = [];

        internal bool[] Ignored { get; private set; } = [];

        internal bool[] Crowd { get; private set; } = [];

        internal bool[] Taken { get; private set; } = [];

        internal void Reserve(int people, int predictions)
        {
            if (Order.Length < people) (Order, Ignored, Crowd, Taken) = (new int[people], new bool[people], new bool[people], new bool[people]);
            if (Oks.Length < people * predictions) Oks = new double[people * predictions];
            if (PredictionAreas.Length > predictions) return;
            PredictionAreas = new double[predictions + 1];
            (_px, _py) = (new double[(predictions + 1) * _stride], new double[(predictions + 1) * _stride]);
        }

        /// <summary>
        /// The place in <see cref="Order"/> of the most similar person that is still free, or −1: ignored people only where
        /// none of the others is similar enough, crowds as often as wanted.
        /// </summary>
        internal int BestMatch(int prediction, int people, double threshold)
        {
            var oks = Oks.AsSpan(prediction * people, people);
            var (best, match) = (threshold, -1);
            for (var i = 0; i < people; i++)
            {
                if (Taken[i] && !Crowd[i]) continue;
                if (match >= 0 && !Ignored[match] && Ignored[i]) break;
                if (oks[Order[i]] < best) continue;
                (best, match) = (oks[Order[i]], i);
            }

            return match;
        }

        internal void LoadPrediction(OksMatching m, int slot, int row)
        {
            var x = _px.AsSpan(slot * _stride, joints);
            var y = _py.AsSpan(slot * _stride, joints);
            m._joints.Map(m._predictions.KeypointsOf(row), x, y);
            var spanning = m._options.SpanningJoints ?? joints;
            PredictionAreas[slot] = m._predictions.Areas is { } areas ? areas[row] : Extent(x[..spanning], y[..spanning]);
        }

        internal void LoadPerson(OksMatching m, int person)
        {
            var keypoints = m._truth.KeypointsOf(person);
            var labelled = m._truth.LabelledOf(person);
            var area = m._areas[person] + OksKernel.Epsilon;
            _counted = 0;
            for (var j = 0; j < joints; j++)
            {
                (_tx[j], _ty[j]) = (keypoints[2 * j], keypoints[(2 * j) + 1]);
                _weights[j] = 1 / (m._doubledVariances[j] * area);
                var counts = m._chosen[j] && (labelled[j] || !m._hasJoints[person]);
                _mask[j] = counts ? 1 : 0;
                if (counts) _counted++;
            }
        }

        internal double Similarity(OksMatching m, int person, int slot)
        {
            var x = _px.AsSpan(slot * _stride, _stride);
            var y = _py.AsSpan(slot * _stride, _stride);
            var sum = m._hasJoints[person]
                ? OksKernel.Sum(_tx, _ty, x, y, _weights, _mask)
                : OksKernel.SumOutside(m._truth.Boxes.AsSpan(person * 4, 4), x, y, _weights, _mask);
            return sum / _counted;
        }

        private static double Extent(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
        {
            var (x0, x1, y0, y1) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
            for (var j = 0; j < x.Length; j++)
            {
                if (x[j] == ScoredJoints.Missing) continue;
                (x0, x1) = (Math.Min(x0, x[j]), Math.Max(x1, x[j]));
                (y0, y1) = (Math.Min(y0, y[j]), Math.Max(y1, y[j]));
            }

            return x1 < x0 ? 0 : (x1 - x0) * (y1 - y0);
        }
    }
}
