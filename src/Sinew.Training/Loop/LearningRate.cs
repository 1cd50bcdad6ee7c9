using Sinew.Training.Recipes;

namespace Sinew.Training.Loop;

/// <summary>The learning rate of every step: linear warm-up, flat, cosine (RTMPose's schedule, stepwise).</summary>
public static class LearningRate
{
    /// <summary>The rate of a step.</summary>
    /// <param name="schedule">Peak, warm-up, where the cosine begins and ends.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps in all.</param>
    public static double At(ScheduleOptions schedule, long step, long steps)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var rate = schedule.LearningRate;
        var flatSteps = schedule.FlatUntil * steps;
        if (step >= flatSteps && steps > flatSteps)
        {
            var progress = (step - flatSteps) / (steps - flatSteps);
            rate *= schedule.FinalFactor + ((1 - schedule.FinalFactor) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
        }

        if (step < schedule.WarmUpSteps)
        {
            // MMEngine's LinearLR reaches the full rate at step warmUpSteps − 1
            var last = Math.Max(schedule.WarmUpSteps - 1, 1);
            rate *= schedule.WarmUpFactor + ((1 - schedule.WarmUpFactor) * Math.Min((double)step / last, 1));
        }

        return rate;
    }
}
