using Sinew.Geometry;

namespace Sinew.Training.Teachers;

/// <summary>
/// One component of what a teacher says about a joint: a Gaussian over the plane. Unlike marginals, which a rotation mixes, it
/// goes through any affine map exactly.
/// </summary>
/// <param name="Weight">Share of the joint's mass, 0–1.</param>
/// <param name="X">x of the mean.</param>
/// <param name="Y">y of the mean.</param>
/// <param name="XX">Variance of x.</param>
/// <param name="XY">Covariance of x and y.</param>
/// <param name="YY">Variance of y.</param>
public readonly record struct Gaussian2D(float Weight, float X, float Y, float XX, float XY, float YY)
{
    /// <summary>The Gaussian that this one becomes under an affine map: mean A·μ + c, covariance A·Σ·Aᵀ.</summary>
    /// <param name="map">The map.</param>
    public Gaussian2D Through(Affine map)
    {
        var (x, y) = map.Apply(X, Y);
        return new Gaussian2D(
            Weight, (float)x, (float)y,
            (float)((map.A * map.A * XX) + (2 * map.A * map.B * XY) + (map.B * map.B * YY)),
            (float)((map.A * map.D * XX) + (((map.A * map.E) + (map.B * map.D)) * XY) + (map.B * map.E * YY)),
            (float)((map.D * map.D * XX) + (2 * map.D * map.E * XY) + (map.E * map.E * YY)));
    }
}
