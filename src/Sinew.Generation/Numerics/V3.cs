using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinew.Generation.Numerics;

/// <summary>
/// Three floats in a vector register. System.Numerics' own vectors add up in an order, and fuse where they may, that depend on the machine;
/// here every lane is plain arithmetic.
/// </summary>
internal readonly struct V3
{
    private readonly Vector128<float> _lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V3(float x, float y, float z) => _lanes = Vector128.Create(x, y, z, 0);

    private V3(Vector128<float> lanes) => _lanes = lanes;

    public static V3 Zero => default;

    public float X => _lanes.ToScalar();

    public float Y => _lanes.GetElement(1);

    public float Z => _lanes.GetElement(2);

    public float Length => MathF.Sqrt(Dot(this));

    public V3 Unit
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var length = Length;
            return length > 1e-12f ? this * (1 / length) : new V3(0, 1, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V3 operator +(V3 a, V3 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V3 operator -(V3 a, V3 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V3 operator -(V3 a) => new(-a._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V3 operator *(V3 a, float s) => new(a._lanes * s);

    /// <summary>Component by component, for colours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V3 operator *(V3 a, V3 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Dot(V3 b)
    {
        // in this order, not in that of a horizontal addition, which differs between processors
        var products = _lanes * b._lanes;
        return products.ToScalar() + products.GetElement(1) + products.GetElement(2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V3 Cross(V3 b) => new((Y * b.Z) - (Z * b.Y), (Z * b.X) - (X * b.Z), (X * b.Y) - (Y * b.X));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V3 Mix(V3 b, float t) => this + ((b - this) * t);
}

/// <summary>A rotation: where the axes x (a person's left), y (up) and z (forward) point to.</summary>
internal readonly struct Frame(V3 x, V3 y, V3 z)
{
    public V3 X { get; } = x;

    public V3 Y { get; } = y;

    public V3 Z { get; } = z;

    public static Frame Identity { get; } = new(new V3(1, 0, 0), new V3(0, 1, 0), new V3(0, 0, 1));

    public V3 Apply(V3 v) => (X * v.X) + (Y * v.Y) + (Z * v.Z);

    public V3 Apply(float x, float y, float z) => (X * x) + (Y * y) + (Z * z);

    /// <summary>The vector's components along the axes.</summary>
    public V3 Inverse(V3 v) => new(X.Dot(v), Y.Dot(v), Z.Dot(v));

    /// <summary>This rotation after another one.</summary>
    public Frame After(Frame inner) => new(Apply(inner.X), Apply(inner.Y), Apply(inner.Z));

    public static Frame AboutX(float degrees)
    {
        var (s, c) = Portable.SinCos(degrees * Portable.Degrees);
        return new(new V3(1, 0, 0), new V3(0, c, s), new V3(0, -s, c));
    }

    public static Frame AboutY(float degrees)
    {
        var (s, c) = Portable.SinCos(degrees * Portable.Degrees);
        return new(new V3(c, 0, -s), new V3(0, 1, 0), new V3(s, 0, c));
    }

    public static Frame AboutZ(float degrees)
    {
        var (s, c) = Portable.SinCos(degrees * Portable.Degrees);
        return new(new V3(c, s, 0), new V3(-s, c, 0), new V3(0, 0, 1));
    }

    /// <summary>Between two rotations, near enough for angles below 150°.</summary>
    public Frame Mix(Frame other, float t)
    {
        if (t <= 0) return this;
        if (t >= 1) return other;
        var y = Y.Mix(other.Y, t).Unit;
        var x = X.Mix(other.X, t);
        x = (x - (y * x.Dot(y))).Unit;
        return new Frame(x, y, x.Cross(y));
    }
}
