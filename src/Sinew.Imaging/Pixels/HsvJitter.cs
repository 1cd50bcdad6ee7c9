using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging;

/// <summary>
/// Adds to hue, saturation and value: MMDetection's <c>YOLOXHSVRandomAug</c>. The way to HSV is OpenCV's 8-bit integer
/// arithmetic (<c>modules/imgproc/src/color_hsv.simd.hpp</c>, hue 0–179); the way back is the exact value rounded, which
/// differs from OpenCV's by one level where that lies on a half.
/// </summary>
public static class HsvJitter
{
    private const int Shift = 12;
    private const int Hues = 180;
    private const int Sector = Hues / 6;
    private const int Whole = 255 * Sector;

    /// <summary>(255 ≪ 12) / v and (180 ≪ 12) / (6·d), rounded, as OpenCV tabulates them; 0 for 0.</summary>
    private static readonly int[] SaturationScale = Table(255 << Shift), HueScale = Table((Hues << Shift) / 6);

    /// <summary>Changes the pixels in place.</summary>
    /// <param name="rgb">Interleaved RGB.</param>
    /// <param name="hue">Added to the hue, steps of 2°, −180 to 180; wraps around.</param>
    /// <param name="saturation">Added to the saturation; the sum is kept within 0–255.</param>
    /// <param name="value">Added to the value; the sum is kept within 0–255.</param>
    /// <exception cref="ArgumentException">The span is not whole pixels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="hue"/> is out of range.</exception>
    public static void Apply(Span<byte> rgb, int hue, int saturation, int value)
    {
        if (rgb.Length % 3 != 0) throw new ArgumentException("not whole RGB pixels", nameof(rgb));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(hue), Hues, nameof(hue));
        (saturation, value) = (Math.Clamp(saturation, -255, 255), Math.Clamp(value, -255, 255));
        var done = Avx2.IsSupported ? ApplyAvx2(rgb, hue, saturation, value) : 0;
        ApplyScalar(rgb[done..], hue, saturation, value);
    }

    internal static void ApplyScalar(Span<byte> rgb, int hue, int saturation, int value)
    {
        for (var i = 0; i < rgb.Length; i += 3)
        {
            int r = rgb[i], g = rgb[i + 1], b = rgb[i + 2];
            var v = Math.Max(r, Math.Max(g, b));
            var d = v - Math.Min(r, Math.Min(g, b));
            var s = ((d * SaturationScale[v]) + (1 << (Shift - 1))) >> Shift;
            var h = v == r ? g - b : v == g ? b - r + (2 * d) : r - g + (4 * d);
            h = ((h * HueScale[d]) + (1 << (Shift - 1))) >> Shift;
            h = Wrap(h + (h < 0 ? Hues : 0) + hue);
            s = Math.Clamp(s + saturation, 0, 255);
            v = Math.Clamp(v + value, 0, 255);
            rgb[i] = Channel(h + (5 * Sector), s, v);
            rgb[i + 1] = Channel(h + (3 * Sector), s, v);
            rgb[i + 2] = Channel(h + Sector, s, v);
        }
    }

    private static int Wrap(int hue) => hue < 0 ? hue + Hues : hue >= Hues ? hue - Hues : hue;

    /// <summary>v − v·s·max(0, min(k, 4 − k, 1)) with k in sixths of the circle: one channel of HSV's inverse.</summary>
    private static byte Channel(int k, int s, int v)
    {
        if (k >= Hues) k -= Hues;
        var ramp = Math.Clamp(Math.Min(k, (4 * Sector) - k), 0, Sector);
        return (byte)MathF.Round(v * (Whole - (s * ramp)) * (1f / Whole));
    }

    private static int ApplyAvx2(Span<byte> rgb, int hue, int saturation, int value)
    {
        ref var pixels = ref MemoryMarshal.GetReference(rgb);
        var (dh, ds, dv) = (Vector256.Create(hue), Vector256.Create(saturation), Vector256.Create(value));
        var half = Vector256.Create(1 << (Shift - 1));
        var (zero, full, hues) = (Vector256<int>.Zero, Vector256.Create(255), Vector256.Create(Hues));
        var i = 0;
        for (; i + 24 <= rgb.Length; i += 24)
        {
            ref var at = ref System.Runtime.CompilerServices.Unsafe.Add(ref pixels, i);
            var packed = Rgb24.Load(ref at);
            var r = packed & full;
            var g = (packed >>> 8) & full;
            var b = packed >>> 16;
            var v = Vector256.Max(r, Vector256.Max(g, b));
            var d = v - Vector256.Min(r, Vector256.Min(g, b));
            // Division by zero gives a huge number, which the difference of 0 beside it makes harmless.
            var saturationScale = Avx.ConvertToVector256Int32(Vector256.Create((float)(255 << Shift)) / Vector256.ConvertToSingle(v));
            var hueScale = Avx.ConvertToVector256Int32(Vector256.Create((float)((Hues << Shift) / 6)) / Vector256.ConvertToSingle(d));
            var s = ((d * saturationScale) + half) >> Shift;
            var h = Vector256.ConditionalSelect(
                Vector256.Equals(v, r), g - b,
                Vector256.ConditionalSelect(Vector256.Equals(v, g), b - r + (d << 1), r - g + (d << 2)));
            h = ((h * hueScale) + half) >> Shift;
            h += (h >> 31) & hues;
            h += dh;
            h += (h >> 31) & hues;
            h -= Vector256.GreaterThanOrEqual(h, hues) & hues;
            s = Vector256.Min(Vector256.Max(s + ds, zero), full);
            v = Vector256.Min(Vector256.Max(v + dv, zero), full);
            r = Channel(h + Vector256.Create(5 * Sector), s, v);
            g = Channel(h + Vector256.Create(3 * Sector), s, v);
            b = Channel(h + Vector256.Create(Sector), s, v);
            Rgb24.Store(r | (g << 8) | (b << 16), ref at);
        }

        return i;
    }

    private static Vector256<int> Channel(Vector256<int> k, Vector256<int> s, Vector256<int> v)
    {
        var hues = Vector256.Create(Hues);
        k -= Vector256.GreaterThanOrEqual(k, hues) & hues;
        var ramp = Vector256.Min(k, Vector256.Create(4 * Sector) - k);
        ramp = Vector256.Min(Vector256.Max(ramp, Vector256<int>.Zero), Vector256.Create(Sector));
        var level = Vector256.ConvertToSingle(v * (Vector256.Create(Whole) - (s * ramp))) * Vector256.Create(1f / Whole);
        return Avx.ConvertToVector256Int32(level);
    }

    private static int[] Table(int numerator) =>
        [0, .. Enumerable.Range(1, 255).Select(i => (int)Math.Round(numerator / (double)i))];
}
