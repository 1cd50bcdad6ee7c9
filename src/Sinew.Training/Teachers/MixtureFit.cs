namespace Sinew.Training.Teachers;

/// <summary>
/// Summarises a joint's heatmap, or its two marginals, as a mixture of at most three Gaussians: one per distinct peak, fitted by
/// a few steps of expectation–maximisation (one peak: its moments). Holds its scratch memory: one object per thread.
/// </summary>
public sealed class MixtureFit
{
    /// <summary>The most components that a joint gets.</summary>
    public const int MaxComponents = 3;

    private const float PeakShare = 0.1f;
    private const float LeastShare = 1e-4f;
    private const float LeastWeight = 0.02f;
    private const int Iterations = 6;
    private const int ManyCells = 4096;

    // In cells²: a component never collapses onto one cell.
    private const double LeastVariance = 0.04;

    private readonly Component[] _components = new Component[MaxComponents];
    private readonly Gaussian2D[] _alongX = new Gaussian2D[MaxComponents];
    private readonly Gaussian2D[] _alongY = new Gaussian2D[MaxComponents];
    private float[] _sharpened = [];
    private (float X, float Y, float Mass)[] _cells = [];
    private int _count;

    /// <summary>Fits a heatmap, after the clamping and sharpening of <see cref="Marginals.OfHeatmap"/>.</summary>
    /// <param name="heatmap">One joint's map, <c>[height, width]</c>.</param>
    /// <param name="width">Cells to the right.</param>
    /// <param name="power">The power that values are raised to, at least 1.</param>
    /// <param name="floor">Share of the peak below which values count as 0.</param>
    /// <param name="components">Receives the components in cells, at most <see cref="MaxComponents"/>; the weights sum to 1.</param>
    /// <param name="peak">The largest value of the map as it came.</param>
    /// <returns>How many components there are; 0 for a map without a positive value.</returns>
    public int FitHeatmap(ReadOnlySpan<float> heatmap, int width, float power, float floor, Span<Gaussian2D> components, out float peak)
    {
        if (width < 1 || heatmap.IsEmpty || heatmap.Length % width != 0) throw new ArgumentException($"{heatmap.Length} values are no heatmap {width} wide");
        peak = Marginals.Max(heatmap);
        if (!(peak > 0) || !float.IsFinite(peak)) return 0;

        Reserve(heatmap.Length);
        var height = heatmap.Length / width;
        var map = _sharpened.AsSpan(0, heatmap.Length);
        var (top, bottom) = (height, -1);
        for (var y = 0; y < height; y++)
        {
            if (!Marginals.SharpenRow(heatmap.Slice(y * width, width), 1 / peak, power, floor, LeastShare, map.Slice(y * width, width))) continue;
            (top, bottom) = (Math.Min(top, y), y);
        }

        // One empty row to each side is part of the neighbourhood of those that are not.
        (top, bottom) = (Math.Max(top - 1, 0), Math.Min(bottom + 1, height - 1));
        map = map[(top * width)..((bottom + 1) * width)];
        var active = map.Length - map.Count(0f);
        var peaks = FindPeaks(map, width, height);
        var side = active <= ManyCells ? 1 : (int)Math.Ceiling(Math.Sqrt(active / (double)ManyCells));
        GatherCells(map, width, side);
        var count = Fit(peaks, side * side / 12.0, components);
        foreach (ref var c in components[..count]) c = c with { Y = c.Y + top };
        return count;
    }

    /// <summary>Fits the product of two marginals: components with no covariance between x and y.</summary>
    /// <param name="x">Masses over x.</param>
    /// <param name="y">Masses over y.</param>
    /// <param name="components">Receives the components in bins, at most <see cref="MaxComponents"/>; the weights sum to 1.</param>
    /// <returns>How many components there are; 0 where a marginal has no mass.</returns>
    public int FitProduct(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<Gaussian2D> components)
    {
        var countX = FitAxis(x, _alongX);
        var countY = FitAxis(y, _alongY);
        var count = 0;
        for (var i = 0; i < countX; i++)
        {
            for (var j = 0; j < countY; j++)
            {
                var product = new Gaussian2D(_alongX[i].Weight * _alongY[j].Weight, _alongX[i].X, _alongY[j].X, _alongX[i].XX, 0, _alongY[j].XX);
                var place = count;
                while (place > 0 && components[place - 1].Weight < product.Weight) place--;
                if (place >= MaxComponents) continue;
                count = Math.Min(count + 1, MaxComponents);
                for (var k = count - 1; k > place; k--) components[k] = components[k - 1];
                components[place] = product;
            }
        }

        Normalise(components[..count]);
        return count;
    }

    private int FitAxis(ReadOnlySpan<float> masses, Span<Gaussian2D> components)
    {
        var peak = masses.IsEmpty ? 0 : Marginals.Max(masses);
        if (!(peak > 0) || !float.IsFinite(peak)) return 0;
        Reserve(masses.Length);
        var map = _sharpened.AsSpan(0, masses.Length);
        for (var i = 0; i < masses.Length; i++) map[i] = masses[i] < LeastShare * peak ? 0 : masses[i] / peak;
        var peaks = FindPeaks(map, masses.Length, 1);
        GatherCells(map, masses.Length, 1);
        return Fit(peaks, 1 / 12.0, components);
    }

    private void Reserve(int cells)
    {
        if (_sharpened.Length >= cells) return;
        _sharpened = new float[cells];
        _cells = new (float, float, float)[cells];
    }

    // Local maxima of at least PeakShare of the highest, the highest first, no two within a lobe of each other.
    private int FindPeaks(ReadOnlySpan<float> map, int width, int wholeHeight)
    {
        var height = map.Length / width;
        var apart = Math.Max(3, Math.Max(width, wholeHeight) / 24);
        var count = 0;
        for (var i = 0; i < map.Length; i++)
        {
            if (map[i] < PeakShare || !IsPeak(map, width, height, i % width, i / width)) continue;
            var candidate = new Component { X = i % width, Y = i / width, Height = map[i], Weight = 1, XX = apart, YY = apart };
            var place = 0;
            var near = false;
            for (; place < count && _components[place].Height >= candidate.Height; place++) near |= Near(_components[place], candidate, apart);
            if (near || place == MaxComponents) continue;

            // The lower peaks in the new one's neighbourhood give way to it.
            var kept = place;
            for (var k = place; k < count; k++)
            {
                if (!Near(_components[k], candidate, apart)) _components[kept++] = _components[k];
            }

            count = Math.Min(kept + 1, MaxComponents);
            for (var k = count - 1; k > place; k--) _components[k] = _components[k - 1];
            _components[place] = candidate;
        }

        return count;
    }

    private static bool Near(Component a, Component b, int apart) => Math.Abs(a.X - b.X) < apart && Math.Abs(a.Y - b.Y) < apart;

    private static bool IsPeak(ReadOnlySpan<float> map, int width, int height, int x, int y)
    {
        var value = map[(y * width) + x];
        for (var dy = -1; dy <= 1; dy++)
        {
            for (var dx = -1; dx <= 1; dx++)
            {
                var (nx, ny) = (x + dx, y + dy);
                if ((dx == 0 && dy == 0) || nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
                var other = map[(ny * width) + nx];
                var later = dy > 0 || (dy == 0 && dx > 0);
                if (later ? other > value : other >= value) return false;
            }
        }

        return true;
    }

    // The cells with mass; blocks of side × side cells as one where there are very many.
    private void GatherCells(ReadOnlySpan<float> map, int width, int side)
    {
        var height = map.Length / width;
        _count = 0;
        if (side == 1)
        {
            for (var i = 0; i < map.Length; i++)
            {
                if (map[i] > 0) _cells[_count++] = (i % width, i / width, map[i]);
            }

            return;
        }

        for (var by = 0; by < height; by += side)
        {
            for (var bx = 0; bx < width; bx += side)
            {
                double mass = 0, sumX = 0, sumY = 0;
                for (var y = by; y < Math.Min(by + side, height); y++)
                {
                    for (var x = bx; x < Math.Min(bx + side, width); x++)
                    {
                        var m = map[(y * width) + x];
                        (mass, sumX, sumY) = (mass + m, sumX + (m * x), sumY + (m * y));
                    }
                }

                if (mass > 0) _cells[_count++] = ((float)(sumX / mass), (float)(sumY / mass), (float)mass);
            }
        }
    }

    private int Fit(int count, double cellVariance, Span<Gaussian2D> components)
    {
        if (count == 0) return 0;
        for (var i = 0; i < (count == 1 ? 1 : Iterations); i++) Step(count);
        var kept = 0;
        for (var k = 0; k < count; k++)
        {
            ref var c = ref _components[k];
            if (!(c.Weight >= LeastWeight)) continue;
            components[kept++] = new Gaussian2D(
                (float)c.Weight, (float)c.X, (float)c.Y, (float)(c.XX + cellVariance), (float)c.XY, (float)(c.YY + cellVariance));
        }

        Normalise(components[..kept]);
        return kept;
    }

    private void Step(int count)
    {
        Span<double> shares = stackalloc double[MaxComponents];
        Span<Sums> sums = stackalloc Sums[MaxComponents];
        Span<Quadratic> forms = stackalloc Quadratic[MaxComponents];
        for (var k = 0; k < count; k++) forms[k] = new Quadratic(_components[k]);
        foreach (var (x, y, mass) in _cells.AsSpan(0, _count))
        {
            var total = 0.0;
            var nearest = 0;
            var least = double.PositiveInfinity;
            for (var k = 0; k < count; k++)
            {
                if (count == 1)
                {
                    total = shares[0] = 1;
                    break;
                }

                var distance = forms[k].Of(x - _components[k].X, y - _components[k].Y);
                if (distance < least) (least, nearest) = (distance, k);
                shares[k] = distance > 60 ? 0 : forms[k].Factor * Math.Exp(-0.5 * distance);
                total += shares[k];
            }

            if (!(total > 0)) total = shares[nearest] = 1;
            for (var k = 0; k < count; k++) sums[k].Add(x, y, mass * shares[k] / total);
        }

        var all = 0.0;
        for (var k = 0; k < count; k++) all += sums[k].Mass;
        for (var k = 0; k < count; k++) sums[k].Into(ref _components[k], all);
    }

    private static void Normalise(Span<Gaussian2D> components)
    {
        var total = 0f;
        foreach (var c in components) total += c.Weight;
        foreach (ref var c in components) c = c with { Weight = c.Weight / total };
    }

    private struct Component
    {
        public double Weight;
        public double X;
        public double Y;
        public double XX;
        public double XY;
        public double YY;
        public float Height;
    }

    // The squared Mahalanobis distance, and weight / √det.
    private readonly struct Quadratic(Component c)
    {
        private readonly double _a = c.YY / Det(c);
        private readonly double _b = -c.XY / Det(c);
        private readonly double _d = c.XX / Det(c);

        public double Factor { get; } = c.Weight / Math.Sqrt(Det(c));

        public double Of(double x, double y) => (_a * x * x) + (2 * _b * x * y) + (_d * y * y);

        private static double Det(Component c) => (c.XX * c.YY) - (c.XY * c.XY);
    }

    private struct Sums
    {
        private double _x;
        private double _y;
        private double _xx;
        private double _xy;
        private double _yy;

        public double Mass { get; private set; }

        public void Add(double x, double y, double mass)
        {
            Mass += mass;
            _x += mass * x;
            _y += mass * y;
            _xx += mass * x * x;
            _xy += mass * x * y;
            _yy += mass * y * y;
        }

        public readonly void Into(ref Component c, double all)
        {
            c.Weight = all > 0 ? Mass / all : 0;
            if (!(Mass > 1e-9))
            {
                c.Weight = 0;
                return;
            }

            (c.X, c.Y) = (_x / Mass, _y / Mass);
            c.XX = Math.Max(_xx / Mass - (c.X * c.X), LeastVariance);
            c.YY = Math.Max(_yy / Mass - (c.Y * c.Y), LeastVariance);
            var limit = 0.99 * Math.Sqrt(c.XX * c.YY);
            c.XY = Math.Clamp((_xy / Mass) - (c.X * c.Y), -limit, limit);
        }
    }
}
