using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sinew.Geometry;
using Sinew.Yaml;

namespace Sinew.Cli.Serve;

/// <summary>What a request asks for, beside its pictures.</summary>
/// <param name="Boxes">People's boxes, image pixels; empty lets the detector, or the whole picture, say.</param>
/// <param name="Detect">False takes the whole picture for one person although there is a detector; null where it was not said.</param>
internal sealed record PoseQuery(IReadOnlyList<Box> Boxes, bool? Detect)
{
    private const float LeastSide = 0.001f;

    private static readonly string[] Known = ["box", "detect"];

    /// <summary>Reads the query of an address.</summary>
    /// <param name="query">The query.</param>
    /// <param name="limits">What is allowed.</param>
    /// <param name="hasDetector">Whether there is a detector to ask.</param>
    /// <exception cref="SinewException">Something in it is unknown or cannot be read.</exception>
    public static PoseQuery Read(IQueryCollection query, ServeOptions limits, bool hasDetector)
    {
        var boxes = new List<Box>();
        bool? detect = null;
        foreach (var (key, values) in query)
        {
            switch (key)
            {
                case "box":
                    boxes.AddRange(values.Select(v => ReadBox(v ?? "")));
                    break;
                case "detect":
                    detect = bool.TryParse(values.ToString(), out var wanted) ? wanted : throw new SinewException($"detect={values}: give true or false");
                    break;
                default:
                    var hint = Nearest.Of(key, Known) is { } nearest ? $"did you mean '{nearest}'?" : $"there are {string.Join(" and ", Known)}";
                    throw new SinewException($"unknown option '{key}'; {hint}");
            }
        }

        if (boxes.Count > limits.MaxPeople) throw new SinewException($"{boxes.Count} boxes are more than the {limits.MaxPeople} that are taken; send several requests");
        if (detect == true && !hasDetector) throw new SinewException("detect=true: this server has no detector; give boxes, or leave detect out");
        if (detect == true && boxes.Count > 0) throw new SinewException("detect=true and boxes exclude each other; leave one out");
        return new PoseQuery(boxes, detect);
    }

    private static Box ReadBox(string text)
    {
        Span<float> numbers = stackalloc float[4];
        var count = 0;
        foreach (var part in text.AsSpan().Split(','))
        {
            if (count == 4 || !float.TryParse(text.AsSpan()[part], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[count]) || !(Math.Abs(numbers[count]) < 1e6f))
            {
                count = 0;
                break;
            }

            count++;
        }

        return count == 4 && numbers[2] >= LeastSide && numbers[3] >= LeastSide
            ? new Box(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new SinewException("a box is x,y,width,height in pixels, its sides greater than 0 (0.001 or more), such as box=40,10,120,300");
    }
}
