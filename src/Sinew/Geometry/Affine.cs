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

    /// <summary>The map that takes three points to three others.</summary>
    /// <remarks>
    /// Gaussian elimination with partial pivoting, each step rounded as in OpenCV's <c>getAffineTransform</c>, so that crops
    /// agree with those made there.
    /// </remarks>
    /// <param name="from0">First source point.</param>
    /// <param name="from1">Second source point.</param>
    /// <param name="from2">Third source point.</param>
    /// <param name="to0">Where the first goes.</param>
    /// <param name="to1">Where the second goes.</param>
    /// <param name="to2">Where the third goes.</param>
    /// <exception cref="InvalidOperationException">The source points lie on a line.</exception>
    public static Affine FromPoints(
        (double X, double Y) from0, (double X, double Y) from1, (double X, double Y) from2,
        (double X, double Y) to0, (double X, double Y) to1, (double X, double Y) to2)
    {
        // One row per point: x, y, 1 | x′, y′.
        Span<double> rows =
        [
            from0.X, from0.Y, 1, to0.X, to0.Y,
            from1.X, from1.Y, 1, to1.X, to1.Y,
            from2.X, from2.Y, 1, to2.X, to2.Y,
        ];
        const int Columns = 5;
        for (var i = 0; i < 3; i++)
        {
            var pivot = i;
            for (var j = i + 1; j < 3; j++)
            {
                if (Math.Abs(rows[(j * Columns) + i]) > Math.Abs(rows[(pivot * Columns) + i])) pivot = j;
            }

            if (!(Math.Abs(rows[(pivot * Columns) + i]) > 1e-13)) throw new InvalidOperationException("three points on a line fix no affine map");
            for (var k = i; k < Columns; k++)
            {
                (rows[(i * Columns) + k], rows[(pivot * Columns) + k]) = (rows[(pivot * Columns) + k], rows[(i * Columns) + k]);
            }

            var d = -1 / rows[(i * Columns) + i];
            for (var j = i + 1; j < 3; j++)
            {
                var alpha = rows[(j * Columns) + i] * d;
                for (var k = i + 1; k < Columns; k++) rows[(j * Columns) + k] += alpha * rows[(i * Columns) + k];
            }
        }

        Span<double> solved = stackalloc double[6];
        for (var side = 0; side < 2; side++)
        {
            for (var i = 2; i >= 0; i--)
            {
                var s = rows[(i * Columns) + 3 + side];
                for (var k = i + 1; k < 3; k++) s -= rows[(i * Columns) + k] * solved[(side * 3) + k];
                solved[(side * 3) + i] = s / rows[(i * Columns) + i];
            }
        }

        return new Affine(solved[0], solved[1], solved[2], solved[3], solved[4], solved[5]);
    }

    /// <summary>Maps one point.</summary>
    /// <param name="x">x of the source space.</param>
    /// <param name="y">y of the source space.</param>
    public (double X, double Y) Apply(double x, double y) => ((A * x) + (B * y) + C, (D * x) + (E * y) + F);

    /// <summary>The inverse map (each step rounded as in OpenCV's <c>warpAffine</c>).</summary>
    /// <exception cref="InvalidOperationException">The map is singular.</exception>
    public Affine Inverse()
    {
        var det = (A * E) - (B * D);
        if (det == 0 || !double.IsFinite(det)) throw new InvalidOperationException("the affine map has no inverse");
        var scale = 1 / det;
        var (a, b, d, e) = (E * scale, B * -scale, D * -scale, A * scale);
        return new Affine(a, b, (-a * C) - (b * F), d, e, (-d * C) - (e * F));
    }

    /// <summary>This map after <paramref name="first"/>: x → this(first(x)).</summary>
    /// <param name="first">The map that is applied before this one.</param>
    public Affine After(Affine first) => new(
        (A * first.A) + (B * first.D), (A * first.B) + (B * first.E), (A * first.C) + (B * first.F) + C,
        (D * first.A) + (E * first.D), (D * first.B) + (E * first.E), (D * first.C) + (E * first.F) + F);
}
