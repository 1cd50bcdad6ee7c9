namespace Sinew.Generation.Numerics;

/// <summary>Three floats. System.Numerics' vectors add up in an order, and fuse where they may, that depend on the machine.</summary>
internal readonly record struct V3(float X, float Y, float Z)
{
    public static V3 Zero => default;

    public float Length => MathF.Sqrt(Dot(this));

    public V3 Unit
    {
        get
        {
            var length = Length;
            return length > 1e-12f ? this * (1 / length) : new V3(0, 1, 0);
        }
    }

    public static V3 operator +(V3 a, V3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static V3 operator -(V3 a, V3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static V3 operator -(V3 a) => new(-a.X, -a.Y, -a.Z);

    public static V3 operator *(V3 a, float s) => new(a.X * s, a.Y * s, a.Z * s);

    /// <summary>Component by component, for colours.</summary>
    public static V3 operator *(V3 a, V3 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    public float Dot(V3 b) => (X * b.X) + (Y * b.Y) + (Z * b.Z);

    public V3 Cross(V3 b) => new((Y * b.Z) - (Z * b.Y), (Z * b.X) - (X * b.Z), (X * b.Y) - (Y * b.X));

    public V3 Mix(V3 b, float t) => this + ((b - this) * t);
}

/// <summary>A rotation: where the axes x (a person's left), y (up) and z (forward) point to.</summary>
internal readonly record struct Frame(V3 X, V3 Y, V3 Z)
{
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
