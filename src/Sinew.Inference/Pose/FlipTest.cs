namespace Sinew.Inference;

/// <summary>
/// The flip test: a network's outputs for a crop and for its mirror image, averaged (MMPose, <c>mmpose/models/utils/tta.py</c>).
/// </summary>
public static class FlipTest
{
    /// <summary>Mirrors crops left to right.</summary>
    /// <param name="crops"><c>[N, H, W, 3]</c>.</param>
    /// <param name="width">W.</param>
    /// <param name="mirrored">Filled with the mirror images.</param>
    public static void Mirror(ReadOnlySpan<byte> crops, int width, Span<byte> mirrored)
    {
        var stride = width * 3;
        for (var row = 0; row < crops.Length; row += stride)
        {
            var source = crops.Slice(row, stride);
            var target = mirrored.Slice(row, stride);
            for (int i = 0, o = stride - 3; i < stride; i += 3, o -= 3)
            {
                target[o] = source[i];
                target[o + 1] = source[i + 1];
                target[o + 2] = source[i + 2];
            }
        }
    }

    /// <summary>
    /// By how many cells the mirrored maps lie too far left: crop pixel x becomes W − 1 − x, cell i only w − 1 − i. One for MMPose's
    /// heatmaps with four pixels a cell (its <c>shift_heatmap</c>), none for maps as large as the crop.
    /// </summary>
    /// <param name="how">How the maps lie in the crop.</param>
    /// <param name="inputWidth">W, pixels of the crop.</param>
    /// <param name="mapWidth">w, cells of the map.</param>
    public static int ShiftOf(PoseOutput how, int inputWidth, int mapWidth) =>
        (int)Math.Max(0, Math.Round(((inputWidth - 1 - (2 * how.Offset)) / how.Stride) - (mapWidth - 1)));

    /// <summary>Averages one crop's heatmaps with those of its mirror image.</summary>
    /// <param name="maps"><c>[K, h, w]</c>.</param>
    /// <param name="mirror">The mirror image's, <c>[K, h, w]</c>.</param>
    /// <param name="width">w.</param>
    /// <param name="swap">Per joint, the joint that a flip puts in its place.</param>
    /// <param name="shift">Cells to the right for the mirrored maps; their first columns stay.</param>
    /// <param name="mean">Filled with the averages; also used for SimCC's x, where h is 1.</param>
    public static void Average(
        ReadOnlySpan<float> maps, ReadOnlySpan<float> mirror, int width, IReadOnlyList<int> swap, int shift, Span<float> mean)
    {
        var size = maps.Length / swap.Count;
        for (var k = 0; k < swap.Count; k++)
        {
            var other = mirror.Slice(swap[k] * size, size);
            for (var row = 0; row < size; row += width)
            {
                var a = maps.Slice((k * size) + row, width);
                var b = other.Slice(row, width);
                var m = mean.Slice((k * size) + row, width);
                for (var x = 0; x < a.Length; x++)
                {
                    var from = x >= shift ? x - shift : x;
                    m[x] = (a[x] + b[b.Length - 1 - from]) * 0.5f;
                }
            }
        }
    }

    /// <summary>Averages SimCC's y of one crop with that of its mirror image: only the joints are swapped.</summary>
    /// <param name="y"><c>[K, Wy]</c>.</param>
    /// <param name="mirror">The mirror image's, <c>[K, Wy]</c>.</param>
    /// <param name="swap">Per joint, the joint that a flip puts in its place.</param>
    /// <param name="mean">Filled with the averages.</param>
    public static void AverageSwapped(ReadOnlySpan<float> y, ReadOnlySpan<float> mirror, IReadOnlyList<int> swap, Span<float> mean)
    {
        var size = y.Length / swap.Count;
        for (var k = 0; k < swap.Count; k++)
        {
            var a = y.Slice(k * size, size);
            var b = mirror.Slice(swap[k] * size, size);
            var m = mean.Slice(k * size, size);
            for (var i = 0; i < a.Length; i++) m[i] = (a[i] + b[i]) * 0.5f;
        }
    }

    /// <summary>Averages one crop's coordinates (y, x, score) with those of its mirror image.</summary>
    /// <param name="points"><c>[K, 3]</c>, coordinates as fractions of the crop's sides.</param>
    /// <param name="mirror">The mirror image's, <c>[K, 3]</c>.</param>
    /// <param name="inputWidth">W, pixels of the crop.</param>
    /// <param name="swap">Per joint, the joint that a flip puts in its place.</param>
    /// <param name="mean">Filled with the averages.</param>
    public static void AveragePoints(ReadOnlySpan<float> points, ReadOnlySpan<float> mirror, int inputWidth, IReadOnlyList<int> swap, Span<float> mean)
    {
        for (var k = 0; k < swap.Count; k++)
        {
            var a = points.Slice(k * 3, 3);
            var b = mirror.Slice(swap[k] * 3, 3);
            mean[k * 3] = (a[0] + b[0]) * 0.5f;
            mean[(k * 3) + 1] = (a[1] + (1 - (1f / inputWidth) - b[1])) * 0.5f;
            mean[(k * 3) + 2] = (a[2] + b[2]) * 0.5f;
        }
    }

    /// <summary>
    /// Averages one crop's points (x, y, score) with those of its mirror image. Where one of the two has no score above 0, the other's
    /// place is taken.
    /// </summary>
    /// <param name="points"><c>[K, 3]</c>, crop pixels.</param>
    /// <param name="mirror">The mirror image's, <c>[K, 3]</c>.</param>
    /// <param name="inputWidth">W, pixels of the crop.</param>
    /// <param name="swap">Per joint, the joint that a flip puts in its place.</param>
    /// <param name="mean">Filled with the averages.</param>
    public static void AveragePixels(ReadOnlySpan<float> points, ReadOnlySpan<float> mirror, int inputWidth, IReadOnlyList<int> swap, Span<float> mean)
    {
        for (var k = 0; k < swap.Count; k++)
        {
            var a = points.Slice(k * 3, 3);
            var b = mirror.Slice(swap[k] * 3, 3);
            var back = inputWidth - 1 - b[0];
            var (own, other) = (a[2] > 0 || !(b[2] > 0), b[2] > 0);
            mean[k * 3] = own && other ? (a[0] + back) * 0.5f : own ? a[0] : back;
            mean[(k * 3) + 1] = own && other ? (a[1] + b[1]) * 0.5f : own ? a[1] : b[1];
            mean[(k * 3) + 2] = (a[2] + b[2]) * 0.5f;
        }
    }
}
