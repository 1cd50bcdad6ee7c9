namespace Sinew.Reports;

/// <summary>
/// Where joints lie on a standing person who faces the reader: x is 0 on the midline and grows to the person's left, y grows
/// downwards, the head's top is at 40 and the soles at about 600.
/// </summary>
internal static class StandingFigure
{
    /// <summary>True for the points of face, hands and outline, which are too close to carry labels.</summary>
    public static bool IsDetail(string id)
    {
        var joint = Side(id).Joint;
        return id.StartsWith("face-", StringComparison.Ordinal) || HandPoint(joint) is not null || Contour(joint) is not null;
    }

    /// <summary>The place of the joint with this canonical id, or null where the figure does not know it.</summary>
    public static (double X, double Y)? Place(string id)
    {
        if (Midline(id) is { } y) return (0, y);
        if (id.StartsWith("face-", StringComparison.Ordinal) && int.TryParse(id.AsSpan("face-".Length), out var index)) return FacePoint(index);
        var (sign, rest) = Side(id);
        if (sign == 0) return null;
        return (Limb(rest) ?? HandPoint(rest) ?? Contour(rest)) is { } place ? (sign * place.X, place.Y) : null;
    }

    private static (int Sign, string Joint) Side(string id)
    {
        foreach (var (word, sign) in new[] { ("left_", 1), ("right_", -1) })
        {
            var at = id.IndexOf(word, StringComparison.Ordinal);
            if (at >= 0) return (sign, id.Remove(at, word.Length));
        }

        return (0, id);
    }

    private static double? Midline(string id) => id switch
    {
        "head_top" => 36,
        "face_center" => 96,
        "nose" => 108,
        "upper_neck" => 150,
        "thorax" => 180,
        "belly" => 265,
        "pelvis" => 348,
        _ => null,
    };

    private static (double X, double Y)? Limb(string joint) => joint switch
    {
        "eye" => (20, 84),
        "ear" => (44, 100),
        "neck" => (22, 158),
        "shoulder" => (72, 188),
        "elbow" => (104, 268),
        "wrist" => (124, 344),
        "hip" => (46, 352),
        "knee" => (54, 456),
        "ankle" => (58, 556),
        "big_toe" => (74, 596),
        "small_toe" => (94, 586),
        "heel" => (50, 578),
        _ => null,
    };

    // MPII-TRB marks the outline: a medial and a lateral point beside each joint, here towards and away from the midline.
    private static (double X, double Y)? Contour(string point)
    {
        var words = point.Split('_');
        if (words.Length != 2 || words[0] is not ("medial" or "lateral")) return null;
        if (Limb(words[1] == "bow" ? "elbow" : words[1]) is not { } joint) return null;
        return (joint.X + (words[0] == "medial" ? -14 : 14), joint.Y);
    }

    // Four joints on each of five fingers that spread from the hand's root.
    private static (double X, double Y)? HandPoint(string point)
    {
        if (point == "hand_root") return (127, 356);
        string[] fingers = ["thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"];
        for (var f = 0; f < fingers.Length; f++)
        {
            if (!point.StartsWith(fingers[f], StringComparison.Ordinal) || !int.TryParse(point.AsSpan(fingers[f].Length), out var joint)) continue;
            var angle = (f - 2) * 0.42 + 0.25;
            var reach = 12.0 + 11 * joint - (f is 0 or 4 ? 8 : 0);
            return (127 + reach * Math.Sin(angle), 356 + reach * Math.Cos(angle));
        }

        return null;
    }

    // iBUG's 68 points: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67. They begin on the person's right.
    private static (double X, double Y) FacePoint(int i)
    {
        static (double, double) Arc(double t, double x, double y, double width, double height) =>
            (x - width * Math.Cos(Math.PI * t), y + height * Math.Sin(Math.PI * t));
        return i switch
        {
            <= 16 => Arc(i / 16.0, 0, 88, 40, 52),
            <= 21 => Arc((i - 17) / 4.0, -20, 74, 12, -6),
            <= 26 => Arc((i - 22) / 4.0, 20, 74, 12, -6),
            <= 30 => (0, 82 + (i - 27) * 7),
            <= 35 => ((i - 33) * 4, 109),
            <= 41 => Arc((i - 36) / 3.0, -20, 84, 7, -4),
            <= 47 => Arc((i - 42) / 3.0, 20, 84, 7, -4),
            <= 59 => Arc((i - 48) / 6.0, 0, 123, 16, -6),
            _ => Arc((i - 60) / 4.0, 0, 123, 11, -3),
        };
    }
}
