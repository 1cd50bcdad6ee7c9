using Sinew.Tensors;
using Sinew.Tensors.Distributed;

namespace Sinew.Training.Data;

/// <summary>
/// The part of a batch that is this process's. Losses are divided by counts of the whole batch, so that the parts' losses and gradients add up
/// to those that one process with all of it would have.
/// </summary>
/// <param name="group">The processes that share the batch; null where this one has all of it.</param>
public sealed class BatchShare(ProcessGroup? group)
{
    /// <summary>All of the batch.</summary>
    public static BatchShare Whole { get; } = new(null);

    /// <summary>How many processes have parts of the same size.</summary>
    public int Processes => group?.Size ?? 1;

    /// <summary>The sum of what the processes count in their parts, such as joints that carry a loss. No gradient flows through it.</summary>
    /// <param name="counted">This process's count, a tensor without axes.</param>
    public Tensor Sum(Tensor counted)
    {
        ArgumentNullException.ThrowIfNull(counted);
        if (group is null) return counted;
        var sum = counted.Detach().Clone();
        group.AllReduce(sum);
        return sum;
    }
}
