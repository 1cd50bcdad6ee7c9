using Sinew.Training.Loop;
using Sinew.Training.Recipes;

namespace Sinew.Training.Tests.Loop;

public class LearningRateTests
{
    private static readonly ScheduleOptions Schedule = new() { LearningRate = 4e-3, WarmUpSteps = 1000, WarmUpFactor = 1e-5, FlatUntil = 0.5, FinalFactor = 0.05 };

    [Theory]
    [InlineData(0, 4e-8)]
    [InlineData(999, 4e-3)]
    [InlineData(5000, 4e-3)]
    [InlineData(10_000, 4e-3)]
    [InlineData(15_000, 4e-3 * (0.05 + (0.95 * 0.5)))]
    [InlineData(20_000, 4e-3 * 0.05)]
    public void Warms_up_stays_and_falls_as_a_cosine(long step, double expected) =>
        Assert.Equal(expected, LearningRate.At(Schedule, step, 20_000), 1e-9);
}
