using Sinew.Geometry;

namespace Sinew.Inference;

/// <summary>What is known of one person whom a tracker follows.</summary>
internal sealed class Track(int joints)
{
    // Half of the last frame's movement and half of what was known before: noise of the boxes is halved, a turn is followed within three frames.
    private const float Follow = 0.5f;

    // Who is not seen slows down in thought: people who vanish behind something more often stop there than run on.
    private const float SlowDown = 0.95f;

    public int Id { get; private set; }

    /// <summary>The last box, pixels.</summary>
    public Box Box { get; private set; }

    public float BoxScore { get; private set; }

    /// <summary>Frames since the person was seen; 0 in the frame itself.</summary>
    public int Missed { get; private set; }

    public float[] Keypoints { get; } = new float[joints * 2];

    public float[] Scores { get; } = new float[joints];

    /// <summary>Movement from frame to frame, pixels.</summary>
    public float StepX { get; private set; }

    /// <summary>Movement from frame to frame, pixels.</summary>
    public float StepY { get; private set; }

    /// <summary>How far the person is thought to have moved since last seen, in the next frame, pixels.</summary>
    public (float X, float Y) Expected
    {
        get
        {
            // 1 + s + s² + … for the frames that were missed and the next one
            var steps = (1 - MathF.Pow(SlowDown, Missed + 1)) / (1 - SlowDown);
            return (StepX * steps, StepY * steps);
        }
    }

    /// <summary>Where the box is thought to be in the next frame.</summary>
    public Box ExpectedBox
    {
        get
        {
            var (x, y) = Expected;
            return Box with { X = Box.X + x, Y = Box.Y + y };
        }
    }

    public void Begin(int id, PosePerson person)
    {
        (Id, StepX, StepY, Missed) = (id, 0, 0, 0);
        Take(person);
    }

    public void Continue(PosePerson person)
    {
        var (x, y) = Moved(person);
        var frames = Missed + 1;
        StepX += Follow * ((x / frames) - StepX);
        StepY += Follow * ((y / frames) - StepY);
        Missed = 0;
        Take(person);
    }

    public void Miss() => Missed++;

    private void Take(PosePerson person)
    {
        (Box, BoxScore) = (person.Box, person.BoxScore);
        person.Keypoints.CopyTo(Keypoints, 0);
        person.Scores.CopyTo(Scores, 0);
    }

    /// <summary>How far the joints moved, weighted by their scores; the box's centre where no joint has a score in both frames.</summary>
    private (float X, float Y) Moved(PosePerson person)
    {
        var (x, y, weights) = (0f, 0f, 0f);
        for (var j = 0; j < Scores.Length; j++)
        {
            var weight = MathF.Min(Scores[j], person.Scores[j]);
            if (!(weight > 0)) continue;
            weights += weight;
            x += weight * (person.Keypoints[2 * j] - Keypoints[2 * j]);
            y += weight * (person.Keypoints[(2 * j) + 1] - Keypoints[(2 * j) + 1]);
        }

        return weights > 0
            ? (x / weights, y / weights)
            : (person.Box.X + (person.Box.Width / 2) - Box.X - (Box.Width / 2), person.Box.Y + (person.Box.Height / 2) - Box.Y - (Box.Height / 2));
    }
}
