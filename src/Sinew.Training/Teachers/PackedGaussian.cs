using System.Runtime.InteropServices;

namespace Sinew.Training.Teachers;

/// <summary>
/// A Gaussian in 12 bytes, as caches hold it: the mean in 32nds of a crop pixel from the crop's centre (± 1,023 pixels), weight
/// and covariance in half precision.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly struct PackedGaussian
{
    private const float Steps = 32;

    private readonly short _x;
    private readonly short _y;
    private readonly Half _weight;
    private readonly Half _xx;
    private readonly Half _xy;
    private readonly Half _yy;

    public PackedGaussian(Gaussian2D g, float centreX, float centreY)
    {
        _x = Pack(g.X - centreX);
        _y = Pack(g.Y - centreY);
        _weight = (Half)g.Weight;
        (_xx, _xy, _yy) = (Variance(g.XX), Variance(g.XY), Variance(g.YY));
    }

    public Gaussian2D Unpack(float centreX, float centreY) =>
        new((float)_weight, centreX + (_x / Steps), centreY + (_y / Steps), (float)_xx, (float)_xy, (float)_yy);

    private static short Pack(float offset) => (short)Math.Clamp(MathF.Round(offset * Steps), short.MinValue, short.MaxValue);

    private static Half Variance(float value) => (Half)Math.Clamp(value, -60_000f, 60_000f);
}
