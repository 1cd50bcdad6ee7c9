namespace Sinew.Training.Export.Int8;

/// <summary>The numbers between which a value of the graph is kept in eight bits: value = (q − zero) · scale, q from 0 to 255.</summary>
/// <param name="Low">The smallest number; 0 or less, so that 0 itself is exact.</param>
/// <param name="High">The largest number; above <paramref name="Low"/>.</param>
internal readonly record struct ValueRange(float Low, float High)
{
    public float Scale => (High - Low) / 255;

    public byte Zero => (byte)Math.Clamp(Math.Round(-Low / Scale), 0, 255);

    /// <summary>A range that holds both.</summary>
    public ValueRange With(ValueRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>A range with 0 inside and an extent.</summary>
    public static ValueRange Of(float low, float high)
    {
        (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        return high - low > 1e-6f ? new ValueRange(low, high) : new ValueRange(low, low + 1e-6f);
    }
}
