using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

/// <summary>A network that says what a function makes of each crop's bytes, written for one crop at a time.</summary>
internal sealed class FakeNetwork(int first, int second, FakeNetwork.Fill fill) : ITeacherNetwork
{
    private int _runs;

    public delegate void Fill(ReadOnlySpan<byte> crop, Span<float> first, Span<float> second);

    public int Runs => _runs;

    public ITeacherNetworkOutput Run(ReadOnlySpan<byte> crops, int people)
    {
        Interlocked.Increment(ref _runs);
        var output = new Output(new float[people * first], new float[people * second]);
        var size = crops.Length / people;
        for (var i = 0; i < people; i++)
        {
            fill(crops.Slice(i * size, size), output.First.AsSpan(i * first, first), output.Second.AsSpan(i * second, second));
        }

        return output;
    }

    public void Dispose()
    {
    }

    private sealed record Output(float[] First, float[] Second) : ITeacherNetworkOutput
    {
        ReadOnlySpan<float> ITeacherNetworkOutput.First => First;

        ReadOnlySpan<float> ITeacherNetworkOutput.Second => Second;

        public void Dispose()
        {
        }
    }
}
