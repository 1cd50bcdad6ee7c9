using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// Takes the trembling out of the joints of people who are followed through a video: a One-Euro filter (Casiez et al. 2012, algorithm 1)
/// per joint, whose speed is a joint's, not an axis's, and is measured in body sizes. For one thread at a time.
/// </summary>
/// <remarks>
/// A joint that is not sure (less than half of the person's mean score) is passed on as it is and does not enter the filter: a guess must
/// not pull at the next sure place.
/// </remarks>
public sealed class PoseSmoother
{
    private readonly OneEuroOptions _options;
    private readonly Dictionary<int, State> _states = [];
    private readonly List<int> _gone = [];
    private readonly int _joints;
    private double _swept = double.NegativeInfinity;

    /// <summary>Makes a smoother that knows nobody yet.</summary>
    /// <param name="skeleton">The people's joints.</param>
    /// <param name="options">How strongly; null for the defaults.</param>
    /// <exception cref="SinewException">An option is out of its range.</exception>
    public PoseSmoother(Skeleton skeleton, OneEuroOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        (_joints, _options) = (skeleton.Count, options ?? new OneEuroOptions());
        if (!(_options.MinCutoff > 0)) throw new SinewException($"a cutoff of {_options.MinCutoff} Hz; give more than 0");
        if (!(_options.Beta >= 0)) throw new SinewException($"a beta of {_options.Beta}; give 0 or more");
        if (!(_options.DerivativeCutoff > 0)) throw new SinewException($"a cutoff of {_options.DerivativeCutoff} Hz for the speed; give more than 0");
        if (!(_options.ForgetAfter >= 0)) throw new SinewException($"{_options.ForgetAfter} seconds until a joint is forgotten; give 0 or more");
    }

    /// <summary>Smooths one person's joints in place.</summary>
    /// <param name="id">Who it is.</param>
    /// <param name="person">The person of this frame; its keypoints are changed.</param>
    /// <param name="seconds">Time of the frame; one that is not after the person's last is passed on as it is.</param>
    /// <exception cref="ArgumentException">The person has another number of joints than the skeleton.</exception>
    public void Smooth(int id, PosePerson person, double seconds)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (person.Scores.Length != _joints) throw new ArgumentException($"a person of {person.Scores.Length} joints; the smoother's skeleton has {_joints}", nameof(person));
        if (!_states.TryGetValue(id, out var state)) _states.Add(id, state = new State(_joints));
        var size = MathF.Max(MathF.Sqrt(person.Box.Area), 1);
        var limit = SureJoints.Limit(person.Scores);
        for (var j = 0; j < _joints; j++)
        {
            var point = person.Keypoints.AsSpan(2 * j, 2);
            if (person.Scores[j] >= limit && float.IsFinite(point[0] + point[1])) Filter(state, j, point, size, seconds);
        }

        state.Seen = seconds;
        Sweep(seconds);
    }

    private void Filter(State state, int joint, Span<float> point, float size, double seconds)
    {
        ref var at = ref state.Joints[joint];
        var elapsed = (float)(seconds - at.Seconds);
        if (!at.Known || elapsed > _options.ForgetAfter)
        {
            at = new Joint(point[0], point[1], 0, 0, seconds, true);
            return;
        }

        if (elapsed <= 0) return;

        var slow = Share(_options.DerivativeCutoff, elapsed);
        var speedX = at.SpeedX + (slow * (((point[0] - at.X) / (elapsed * size)) - at.SpeedX));
        var speedY = at.SpeedY + (slow * (((point[1] - at.Y) / (elapsed * size)) - at.SpeedY));
        var share = Share(_options.MinCutoff + (_options.Beta * MathF.Sqrt((speedX * speedX) + (speedY * speedY))), elapsed);
        at = new Joint(at.X + (share * (point[0] - at.X)), at.Y + (share * (point[1] - at.Y)), speedX, speedY, seconds, true);
        (point[0], point[1]) = (at.X, at.Y);
    }

    /// <summary>The share of the new value in an exponential mean with this cutoff: 1 / (1 + 1 / (2π · cutoff · elapsed)).</summary>
    private static float Share(float cutoff, float elapsed)
    {
        var turns = 2 * MathF.PI * cutoff * elapsed;
        return float.IsPositiveInfinity(turns) ? 1 : turns / (1 + turns);
    }

    /// <summary>Forgets, now and then, who has not been seen for long, so that an endless video keeps its memory.</summary>
    private void Sweep(double seconds)
    {
        if (seconds - _swept < 10 && seconds >= _swept) return;
        _swept = seconds;
        _gone.Clear();
        foreach (var (id, state) in _states)
        {
            if (seconds - state.Seen > Math.Max(10, _options.ForgetAfter)) _gone.Add(id);
        }

        foreach (var id in _gone) _states.Remove(id);
    }

    private sealed class State(int joints)
    {
        public Joint[] Joints { get; } = new Joint[joints];

        public double Seen { get; set; }
    }

    /// <summary>A joint's smoothed place in pixels, its smoothed speed in body sizes a second, and when it was last sure.</summary>
    private readonly record struct Joint(float X, float Y, float SpeedX, float SpeedY, double Seconds, bool Known);
}
