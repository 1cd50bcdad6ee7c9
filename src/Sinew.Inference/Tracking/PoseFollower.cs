using System.Runtime.InteropServices;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// Follows the people of a video: says in which frames to detect them and where to look in the others, gives them ids, and smooths their
/// joints. It runs no network itself, so it goes with any detector and estimator. For one thread at a time.
/// </summary>
/// <example>
/// <code>
/// var follower = new PoseFollower(estimator.Skeleton, new FollowerOptions { DetectEvery = 5, Smoothing = new OneEuroOptions() });
/// while (video.Read() is { } frame)
/// {
///     var people = follower.Detects ? detector.Detect(frame) : follower.Boxes(frame.Width, frame.Height);
///     foreach (var person in follower.Add(estimator.Estimate(frame, people), seconds)) …
/// }
/// </code>
/// </example>
public sealed class PoseFollower
{
    // A pose whose scores fell below this part of what they were at the last detection is no person any more: the box slid off.
    private const float Faded = 0.4f;

    private readonly FollowerOptions _options;
    private readonly PoseTracker _tracker;
    private readonly PoseSmoother? _smoother;
    private readonly PoseSimilarity _similarity;
    private readonly List<(Box Box, float Score, float Mean)> _last = [];
    private readonly List<(Box Box, float Score, float Mean)> _next = [];
    private readonly List<PosePerson> _kept = [];
    private readonly List<float> _means = [];
    private int _frame;

    /// <summary>Makes a follower for one video.</summary>
    /// <param name="skeleton">The people's joints.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SinewException">An option is out of its range.</exception>
    public PoseFollower(Skeleton skeleton, FollowerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        _options = options ?? new FollowerOptions();
        if (_options.DetectEvery < 1) throw new SinewException($"people detected in every {_options.DetectEvery} frames; give 1 or more");
        _tracker = new PoseTracker(skeleton, _options.Tracker);
        _smoother = _options.Smoothing is { } smoothing ? new PoseSmoother(skeleton, smoothing) : null;
        _similarity = new PoseSimilarity(skeleton);
    }

    /// <summary>True where the next frame's people are to be detected.</summary>
    public bool Detects => _frame % _options.DetectEvery == 0;

    /// <summary>Where the last frame's people are thought to be in the next.</summary>
    /// <param name="width">Width of the frame, pixels.</param>
    /// <param name="height">Height of the frame, pixels.</param>
    /// <returns>A box each, in the last frame's order, cut at the frame's edges, with the score of the detection that it comes from.</returns>
    public List<Detection> Boxes(int width, int height)
    {
        var boxes = new List<Detection>(_last.Count);
        _means.Clear();
        foreach (var (box, score, mean) in _last)
        {
            if (Cut(box, width, height) is not { } cut) continue;
            boxes.Add(new Detection(cut, score));
            _means.Add(mean);
        }

        return boxes;
    }

    /// <summary>Takes the poses of the next frame.</summary>
    /// <param name="people">The people, estimated in detected boxes where <see cref="Detects"/> said so, else in all of <see cref="Boxes"/>, in order.</param>
    /// <param name="seconds">Time of the frame.</param>
    /// <returns>The people with their ids, in the order given; between detections without those who were lost.</returns>
    /// <exception cref="ArgumentException">A person has another number of joints than the skeleton, or there are not as many people as boxes.</exception>
    public FollowedPerson[] Add(IReadOnlyList<PosePerson> people, double seconds)
    {
        ArgumentNullException.ThrowIfNull(people);
        _kept.Clear();
        _next.Clear();
        if (Detects) Detected(people);
        else Followed(people);
        _frame++;

        var ids = _tracker.Update(CollectionsMarshal.AsSpan(_kept));
        var followed = new FollowedPerson[_kept.Count];
        _last.Clear();
        for (var i = 0; i < followed.Length; i++)
        {
            var (_, score, mean) = _next[i];
            _last.Add((Next(_kept[i], ids[i]), score, mean));
            var person = _kept[i];
            if (_smoother is not null && ids[i] >= 0)
            {
                person = person with { Keypoints = [.. person.Keypoints] };
                _smoother.Smooth(ids[i], person, seconds);
            }

            followed[i] = new FollowedPerson(ids[i], person);
        }

        return followed;
    }

    private void Detected(IReadOnlyList<PosePerson> people)
    {
        foreach (var person in people)
        {
            _kept.Add(person);
            _next.Add((person.Box, person.BoxScore, SureJoints.Mean(person.Scores)));
        }
    }

    private void Followed(IReadOnlyList<PosePerson> people)
    {
        if (people.Count != _means.Count) throw new ArgumentException($"{people.Count} people for {_means.Count} boxes", nameof(people));
        for (var i = 0; i < people.Count; i++)
        {
            if (SureJoints.Mean(people[i].Scores) < Faded * _means[i] || SameAsKept(people[i])) continue;
            _kept.Add(people[i]);
            _next.Add((people[i].Box, people[i].BoxScore, _means[i]));
        }
    }

    private bool SameAsKept(PosePerson person)
    {
        foreach (var kept in _kept)
        {
            if (_similarity.Oks(kept.Keypoints, kept.Scores, kept.Box, person.Keypoints, person.Scores, person.Box) > _options.SamePose) return true;
        }

        return false;
    }

    /// <summary>
    /// The next frame's box: half-way between this one and the box around the sure joints, moved on as the person moves. The first does not
    /// shrink when joints become unsure, the second follows arms and steps.
    /// </summary>
    private Box Next(PosePerson person, int id)
    {
        var box = SureJoints.Around(person) is { } joints ? Between(person.Box, joints) : person.Box;
        foreach (var track in _tracker.Tracks)
        {
            if (track.Id == id && track.Missed == 0) return box with { X = box.X + track.StepX, Y = box.Y + track.StepY };
        }

        return box;
    }

    private static Box Between(Box a, Box b)
    {
        var (left, top) = ((a.X + b.X) / 2, (a.Y + b.Y) / 2);
        return new Box(left, top, ((a.Right + b.Right) / 2) - left, ((a.Bottom + b.Bottom) / 2) - top);
    }

    private static Box? Cut(Box box, int width, int height)
    {
        var (left, top) = (MathF.Max(box.X, 0), MathF.Max(box.Y, 0));
        var (right, bottom) = (MathF.Min(box.Right, width), MathF.Min(box.Bottom, height));
        return right - left >= 2 && bottom - top >= 2 ? new Box(left, top, right - left, bottom - top) : null;
    }
}
