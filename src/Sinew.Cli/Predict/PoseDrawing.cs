using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Cli.Predict;

/// <summary>Draws people on their picture.</summary>
internal static class PoseDrawing
{
    /// <summary>Draws the people of a shot.</summary>
    /// <param name="shot">The picture or frame; drawn on.</param>
    /// <param name="skeleton">The joints.</param>
    /// <param name="style">How.</param>
    /// <param name="boxes">Whether boxes are drawn.</param>
    public static void Draw(Shot shot, Skeleton skeleton, SkeletonStyle style, bool boxes)
    {
        var image = shot.Image!;
        for (var i = 0; i < shot.People.Length; i++)
        {
            var person = shot.People[i];
            if (boxes) Imaging.Draw.Outline(image, person.Box, RgbColor.White, 1, 0.6f);
            Imaging.Draw.Skeleton(image, skeleton, person.Keypoints, person.Scores, style);
            if (shot.Ids is not { } ids || ids[i] < 0) continue;
            var height = Math.Clamp(person.Box.Height / 16, 7, 26);
            Imaging.Draw.Label(image, person.Box.X, MathF.Max(person.Box.Y, height * 2), ids[i].ToString(System.Globalization.CultureInfo.InvariantCulture), height, ColorOf(ids[i]));
        }
    }

    /// <summary>Colours that are far apart for ids that follow each other: hues in steps of the golden angle.</summary>
    private static RgbColor ColorOf(int id)
    {
        var hue = id * 137.508 % 360 / 60;
        return new RgbColor(Channel(5), Channel(3), Channel(1));

        byte Channel(int n)
        {
            var k = (n + hue) % 6;
            return (byte)(255 * (0.95 - (0.65 * Math.Clamp(Math.Min(k, 4 - k), 0, 1))));
        }
    }
}
