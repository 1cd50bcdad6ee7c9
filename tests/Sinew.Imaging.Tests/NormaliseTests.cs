namespace Sinew.Imaging.Tests;

public class NormaliseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(192 * 256)]
    public void Planes_hold_value_minus_mean_over_deviation(int count)
    {
        var rgb = new byte[count * 3];
        new Random(3).NextBytes(rgb);
        var planes = new float[count * 3];
        Normalise.ToPlanes(rgb, planes, PixelNorm.ImageNet);
        double[] mean = [123.675, 116.28, 103.53], std = [58.395, 57.12, 57.375];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < count; i++) Assert.Equal((rgb[(i * 3) + c] - mean[c]) / std[c], planes[(c * count) + i], 1e-6);
        }
    }

    [Fact]
    public void Spans_of_other_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => Normalise.ToPlanes(new byte[12], new float[9], PixelNorm.None));

    [Fact]
    public void The_vector_path_gives_the_scalar_paths_values()
    {
        var rgb = new byte[3 * 1003];
        new Random(4).NextBytes(rgb);
        float[] vector = new float[rgb.Length], scalar = new float[rgb.Length];
        Normalise.ToPlanes(rgb, vector, PixelNorm.ImageNet);
        Normalise.ToPlanesScalar(rgb, scalar, PixelNorm.ImageNet);
        Assert.Equal(scalar, vector);
    }
}
