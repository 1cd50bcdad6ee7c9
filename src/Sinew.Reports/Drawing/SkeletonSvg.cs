using System.Globalization;
using Sinew.Skeletons;

namespace Sinew.Reports;

/// <summary>One colour of a picture and what it stands for.</summary>
/// <param name="Color">As SVG has it.</param>
/// <param name="Meaning">What it stands for.</param>
internal sealed record Ink(string Color, string Meaning);

/// <summary>Draws a skeleton on a standing figure as SVG. Colours stand as attributes, which a page's style sheet may overrule by class.</summary>
public static class SkeletonSvg
{
    private const int Margin = 10;
    private const int HalfWidth = 210;
    private const int Height = 630;

    private static readonly Ink Left = new("#d95f02", "left");
    private static readonly Ink Right = new("#1b6ca8", "right");
    private static readonly Ink Middle = new("#2e7d32", "midline");
    private static readonly Ink SharedInk = new("#37474f", "shared");
    private static readonly Ink SharedOnPage = new("#7a8793", "shared");
    private static readonly Ink Nobody = new("#b9a26a", "teachers only");

    private static readonly string[] MemberColors = ["#1b6ca8", "#d95f02", "#7b3fa0", "#2e7d32", "#c2185b", "#8d6e00"];

    /// <summary>The picture of one skeleton; colours tell the sides.</summary>
    /// <param name="skeleton">The skeleton.</param>
    public static string Of(Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        return Draw(skeleton, skeleton.ToString(), j => SideOf(skeleton, j) switch { > 0 => Left, < 0 => Right, _ => Middle }, [Left, Right, Middle], "");
    }

    /// <summary>The picture of a union; colours tell which member a joint comes from, and which joints are shared.</summary>
    /// <param name="union">The union.</param>
    public static string Of(SkeletonUnion union)
    {
        ArgumentNullException.ThrowIfNull(union);
        return Origins(union.Union, [.. union.Members.Select(m => (m.Name, m))], union.Union.ToString(), "", SharedInk);
    }

    /// <summary>The picture of what a student learns; colours tell which data sets label a joint.</summary>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="sources">The data sets with their skeletons.</param>
    /// <param name="style">A class for the picture, for a page's style sheet; may be empty.</param>
    public static string OfOrigins(Skeleton skeleton, IReadOnlyList<(string Name, Skeleton Skeleton)> sources, string style = "")
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        ArgumentNullException.ThrowIfNull(sources);
        return Origins(skeleton, sources, "", style, SharedOnPage);
    }

    private static string Origins(Skeleton skeleton, IReadOnlyList<(string Name, Skeleton Skeleton)> sources, string title, string style, Ink shared)
    {
        var members = sources.Select((s, i) => new Ink(MemberColors[i % MemberColors.Length], sources.Count == 1 ? s.Name : $"{s.Name} only")).ToArray();
        var ink = skeleton.Joints.Select(joint =>
        {
            int[] owners = [.. Enumerable.Range(0, sources.Count).Where(s => sources[s].Skeleton.IndexOfId(joint.Id) >= 0)];
            return owners.Length switch { 0 => Nobody, 1 => members[owners[0]], _ => shared };
        }).ToArray();
        return Draw(skeleton, title, j => ink[j], [.. new[] { shared }.Concat(members).Append(Nobody).Where(ink.Contains)], style);
    }

    // Above 0 for the left; where the figure does not know a joint, its swap says that it has a side, and its name which.
    private static double SideOf(Skeleton skeleton, int joint)
    {
        var (name, swap) = (skeleton.Joints[joint].Name, skeleton.SwapIndices[joint]);
        if (StandingFigure.Place(skeleton.Joints[joint].Id) is { } place) return place.X;
        if (swap == joint) return 0;
        return name.Contains("right", StringComparison.OrdinalIgnoreCase) || (!name.Contains("left", StringComparison.OrdinalIgnoreCase) && swap < joint) ? -1 : 1;
    }

    // Joints that the figure does not know stand in a column beside it, in their order.
    private static (double X, double Y)[] Places(Skeleton skeleton)
    {
        var strangers = 0;
        return [.. skeleton.Joints.Select(j => StandingFigure.Place(j.Id) ?? (HalfWidth - 90, 60 + 16 * strangers++))];
    }

    private static string Draw(Skeleton skeleton, string title, Func<int, Ink> ink, IReadOnlyList<Ink> legend, string style)
    {
        var places = Places(skeleton);
        var height = Math.Max(Height, (int)places.Max(p => p.Y) + 30);
        var (left, width) = (-HalfWidth - Margin, 2 * (HalfWidth + Margin));
        var svg = new Html();
        svg.Add($"""<svg xmlns="http://www.w3.org/2000/svg" class="{style}" viewBox="{left} 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="11">{"\n"}""");
        svg.Add($"""<rect class="paper" x="{left}" y="0" width="{width}" height="{height}" fill="#ffffff"/>{"\n"}""");
        svg.Add($"""<text class="title" x="{left + Margin}" y="20" font-size="14" font-weight="bold">{title}</text>{"\n"}""");
        for (var i = 0; i < legend.Count; i++)
        {
            var y = 40 + 16 * i;
            svg.Add($"""<circle cx="{left + Margin + 5}" cy="{y - 4}" r="4" fill="{legend[i].Color}"/>""");
            svg.Add($"""<text class="meaning" x="{left + Margin + 14}" y="{y}">{legend[i].Meaning}</text>{"\n"}""");
        }

        foreach (var (from, to) in skeleton.Limbs)
        {
            var thickness = StandingFigure.IsDetail(skeleton.Joints[from].Id) || StandingFigure.IsDetail(skeleton.Joints[to].Id) ? 1 : 4;
            svg.Add($"""<line class="limb" x1="{places[from].X:0.#}" y1="{places[from].Y:0.#}" x2="{places[to].X:0.#}" y2="{places[to].Y:0.#}" stroke="#b0bec5" stroke-width="{thickness}" stroke-linecap="round"/>{"\n"}""");
        }

        for (var j = 0; j < skeleton.Count; j++)
        {
            var radius = StandingFigure.IsDetail(skeleton.Joints[j].Id) ? 1.8 : 5;
            svg.Add($"""<circle cx="{places[j].X:0.#}" cy="{places[j].Y:0.#}" r="{radius}" fill="{ink(j).Color}"><title>{j.ToString(CultureInfo.InvariantCulture)} {skeleton.Joints[j].Name}</title></circle>{"\n"}""");
        }

        for (var j = 0; j < skeleton.Count; j++)
        {
            if (StandingFigure.IsDetail(skeleton.Joints[j].Id)) continue;
            var (anchor, dx) = places[j].X < 0 ? ("end", -9) : ("start", 9);
            svg.Add($"""<text class="label" x="{places[j].X + dx:0.#}" y="{places[j].Y + 4:0.#}" text-anchor="{anchor}" fill="#263238" stroke="#ffffff" stroke-width="3" paint-order="stroke">{skeleton.Joints[j].Name}</text>{"\n"}""");
        }

        return svg.Add($"</svg>\n").ToMarkup().Text;
    }
}
