namespace Sinew.Geometry;

/// <summary>A 2-D affine map: (x, y) → (A·x + B·y + C, D·x + E·y + F). Row-major 2×3, as OpenCV writes it.</summary>
/// <param name="A">x to x.</param>
/// <param name="B">y to x.</param>
/// <param name="C">Offset of x.</param>
/// <param name="D">x to y.</param>
/// <param name="E">y to y.</param>
/// <param name="F">Offset of y.</param>
public readonly record struct Affine(double A, double B, double C, double D, double E, double F)
{
    /// <summary>The map that changes nothing.</summary>
    public static Affine Identity => new(1, 0, 0, 0, 1, 0);

    /// <summary>Maps one point.</summary>
    /// <param name="x">x of the source space.</param>
    /// <param name="y">y of the source space.</param>
    public (double X, double Y) Apply(double x, double y) => ((A * x) + (B * y) + C, (D * x) + (E * y) + F);

    /// <summary>The inverse map.</summary>
    /// <exception cref="InvalidOperationException">The map is singular.</exception>
    public Affine Inverse()
    {
        var det = (A * E) - (B * D);
        if (det == 0 || !double.IsFinite(det)) throw new InvalidOperationException("the affine map has no inverse");
        var (a, b, d, e) = (E / det, -B / det, -D / det, A / det);
        return new Affine(a, b, -((a * C) + (b * F)), d, e, -((d * C) + (e * F)));
    }

    /// <summary>This map after <paramref name="first"/>: x → this(first(x)).</summary>
    /// <param name="first">The map that is applied before this one.</param>
    public Affine After(Affine first) => new(
        (A * first.A) + (B * first.D), (A * first.B) + (B * first.E), (A * first.C) + (B * first.F) + C,
        (D * first.A) + (E * first.D), (D * first.B) + (E * first.E), (D * first.C) + (E * first.F) + F);
}
