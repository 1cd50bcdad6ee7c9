using System.Globalization;
using System.Net;
using System.Text;
using Sinew.Skeletons;

namespace Sinew.Cli.Drawing;

/// <summary>One colour of a picture and what it stands for.</summary>
internal sealed record Ink(string Color, string Meaning);

/// <summary>Draws a skeleton on a standing figure as an SVG file.</summary>
internal static class SkeletonSvg
{
    private const int Margin = 10;
    private const int HalfWidth = 210;
    private const int Height = 630;

    public static readonly Ink Left = new("#d95f02", "left");
    public static readonly Ink Right = new("#1b6ca8", "right");
    public static readonly Ink Middle = new("#2e7d32", "midline");
    public static readonly Ink SharedInk = new("#37474f", "shared");

    private static readonly string[] MemberColors = ["#1b6ca8", "#d95f02", "#7b3fa0", "#2e7d32", "#c2185b", "#8d6e00"];

    /// <summary>The picture of one skeleton; colours tell the sides.</summary>
    public static string Of(Skeleton skeleton) =>
        Draw(skeleton, skeleton.ToString(), j => Places(skeleton)[j].X switch { > 0 => Left, < 0 => Right, _ => Middle }, [Left, Right, Middle]);

    /// <summary>The picture of a union; colours tell which member a joint comes from, and which joints are shared.</summary>
    public static string Of(SkeletonUnion union)
    {
        var members = union.Members.Select((m, i) => new Ink(MemberColors[i % MemberColors.Length], $"{m.Name} only")).ToArray();
        var ink = new Ink[union.Union.Count];
        foreach (var joint in union.Shared) ink[joint] = SharedInk;
        for (var m = 0; m < members.Length; m++)
        {
            foreach (var joint in union.UniqueOf(m)) ink[joint] = members[m];
        }

        return Draw(union.Union, union.Union.ToString(), j => ink[j], [SharedInk, .. members.Where(ink.Contains)]);
    }

    // Joints that the figure does not know stand in a column beside it, in their order.
    private static (double X, double Y)[] Places(Skeleton skeleton)
    {
        var strangers = 0;
        return [.. skeleton.Joints.Select(j => StandingFigure.Place(j.Id) ?? (HalfWidth - 90, 60 + 16 * strangers++))];
    }

    private static string Draw(Skeleton skeleton, string title, Func<int, Ink> ink, IReadOnlyList<Ink> legend)
    {
        var places = Places(skeleton);
        var height = Math.Max(Height, (int)places.Max(p => p.Y) + 30);
        var (left, width) = (-HalfWidth - Margin, 2 * (HalfWidth + Margin));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left}\" y=\"0\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + Margin}\" y=\"20\" font-size=\"14\" font-weight=\"bold\">{Escape(title)}</text>\n");
        for (var i = 0; i < legend.Count; i++)
        {
            var y = 40 + 16 * i;
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{left + Margin + 5}\" cy=\"{y - 4}\" r=\"4\" fill=\"{legend[i].Color}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + Margin + 14}\" y=\"{y}\">{Escape(legend[i].Meaning)}</text>\n");
        }

        foreach (var (from, to) in skeleton.Limbs)
        {
            var thickness = StandingFigure.IsDetail(skeleton.Joints[from].Id) || StandingFigure.IsDetail(skeleton.Joints[to].Id) ? 1 : 4;
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{places[from].X:0.#}\" y1=\"{places[from].Y:0.#}\" x2=\"{places[to].X:0.#}\" y2=\"{places[to].Y:0.#}\" stroke=\"#b0bec5\" stroke-width=\"{thickness}\" stroke-linecap=\"round\"/>\n");
        }

        for (var j = 0; j < skeleton.Count; j++)
        {
            var radius = StandingFigure.IsDetail(skeleton.Joints[j].Id) ? 1.8 : 5;
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{places[j].X:0.#}\" cy=\"{places[j].Y:0.#}\" r=\"{radius}\" fill=\"{ink(j).Color}\"><title>{j} {Escape(skeleton.Joints[j].Name)}</title></circle>\n");
        }

        for (var j = 0; j < skeleton.Count; j++)
        {
            if (StandingFigure.IsDetail(skeleton.Joints[j].Id)) continue;
            var (anchor, dx) = places[j].X < 0 ? ("end", -9) : ("start", 9);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{places[j].X + dx:0.#}\" y=\"{places[j].Y + 4:0.#}\" text-anchor=\"{anchor}\" fill=\"#263238\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{Escape(skeleton.Joints[j].Name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
