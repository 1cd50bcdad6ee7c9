using Sinew.Geometry;

namespace Sinew.Training.Teachers;

/// <summary>A 1-D affine map: p → Scale · p + Offset. A negative scale mirrors the axis.</summary>
/// <param name="Scale">Factor, not 0.</param>
/// <param name="Offset">What is added.</param>
public readonly record struct AxisMap(double Scale, double Offset)
{
    // A hundredth of a pixel at the far end of the crop: a rotation that small is rounding, not geometry.
    private const double ShearTolerance = 0.01;

    /// <summary>The map that changes nothing.</summary>
    public static AxisMap Identity => new(1, 0);

    /// <summary>Maps one position.</summary>
    /// <param name="position">The position.</param>
    public double Apply(double position) => (Scale * position) + Offset;

    /// <summary>
    /// The maps of x and of y that bring the pixels of one crop to those of another of the same image. There are such maps
    /// where both crops are rotated alike, as <see cref="CropGeometry.Resized"/> makes them; either may be mirrored.
    /// </summary>
    /// <param name="from">The crop whose pixels are mapped.</param>
    /// <param name="to">The crop that they are mapped to.</param>
    /// <exception cref="ArgumentException">The crops are rotated against each other.</exception>
    public static (AxisMap X, AxisMap Y) Between(CropGeometry from, CropGeometry to)
    {
        var map = to.ImageToCrop().After(from.CropToImage());
        if (!(Math.Abs(map.B) * from.Height < ShearTolerance) || !(Math.Abs(map.D) * from.Width < ShearTolerance))
        {
            throw new ArgumentException(
                $"the crops are rotated by {from.Rotation}° and {to.Rotation}°: a distribution over x alone can't be carried between them");
        }

        return (new AxisMap(map.A, map.C), new AxisMap(map.E, map.F));
    }
}
