using System.Security.Cryptography;
using System.Text;
using Sinew.Files;
using Sinew.Tensors;
using Sinew.Tensors.Distributed;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Recipes;

namespace Sinew.Training.Loop;

/// <summary>
/// What a training has to do so that several processes share each of its batches and come to the weights that one would: each takes its part
/// of the people, sums go over all parts, and the first alone writes. With one process, all of it is nothing.
/// </summary>
/// <param name="group">The processes; null for one alone.</param>
internal sealed class Processes(ProcessGroup? group)
{
    /// <summary>True for the one that speaks, evaluates and writes.</summary>
    public bool IsFirst => group?.IsFirst ?? true;

    /// <summary>How many there are.</summary>
    public int Count => group?.Size ?? 1;

    /// <summary>Which this is, from 0.</summary>
    public int Rank => group?.Place.Rank ?? 0;

    /// <summary>This process's part of each batch.</summary>
    public BatchShare Share { get; } = group is null ? BatchShare.Whole : new BatchShare(group);

    /// <summary>The recipe as this process runs it: on a CUDA device of its own, on its share of the machine's cores.</summary>
    /// <param name="recipe">The recipe that all have.</param>
    /// <exception cref="SinewException">The batch cannot be shared, or the processes were given different recipes.</exception>
    public Recipe Own(Recipe recipe)
    {
        var schedule = recipe.Schedule;
        var place = group?.Place;
        if (schedule.Batch % Count != 0) throw new SinewException($"schedule.batch is {schedule.Batch}, the people of a step over all processes, and {Count} processes cannot share them evenly: set it to a multiple of {Count}");
        RequireSame(recipe.Text, "the recipes");
        return recipe with
        {
            Schedule = schedule with
            {
                Threads = schedule.Threads > 0 ? schedule.Threads : Math.Max(1, Environment.ProcessorCount / (place?.LocalSize ?? 1)),
                Device = place is not null && schedule.Device == "cuda" ? Device.Cuda(place.LocalRank).ToString() : schedule.Device,
            },
        };
    }

    /// <summary>Refuses processes that would train different things.</summary>
    /// <param name="value">What must be the same.</param>
    /// <param name="what">What it is, for the error.</param>
    public void RequireSame(string value, string what)
    {
        if (group is null) return;
        var own = SHA256.HashData(Encoding.UTF8.GetBytes(value));
        Span<double> differing = [own.AsSpan().SequenceEqual(group.Broadcast(own)) ? 0 : 1];
        group.AllReduce(differing);
        if (differing[0] > 0) throw new SinewException($"{what} of the processes differ: start all of them with the same recipe, options and data");
    }

    /// <summary>Does what writes files that the processes of a machine share, one of them first.</summary>
    public T InTurn<T>(Func<T> work, CancellationToken cancel) => group is null ? work() : group.InTurn(work, cancel);

    /// <summary>Lets the first do something alone while the others wait.</summary>
    /// <returns>What the first answered, for all.</returns>
    public bool ByFirst(Func<bool> work)
    {
        if (group is null) return work();
        var answer = true;
        // not to be interrupted: the first is, and says so by its answer
        group.ByFirst(() => answer = work(), CancellationToken.None);
        return group.Broadcast(answer);
    }

    /// <summary>The first's answer to a question.</summary>
    public bool Agreed(bool answer) => group?.Broadcast(answer) ?? answer;

    /// <summary>Gives the others a file of the first's run, in their own folders: they need not see its disk.</summary>
    /// <param name="path">The file.</param>
    public void Give(string path)
    {
        if (group is null) return;
        var bytes = group.Broadcast(IsFirst ? File.ReadAllBytes(path) : null);
        if (IsFirst) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, to => to.Write(bytes));
    }

    /// <summary>Gives all the first's weights and running statistics, and lets batch norms count the images of all.</summary>
    /// <param name="module">A network, or null.</param>
    public void Equalise(Module? module)
    {
        if (group is null || module is null) return;
        using var noGrad = Torch.NoGrad();
        foreach (var (_, tensor) in module.NamedParameters().Concat(module.NamedBuffers())) group.Broadcast(tensor);
        foreach (var (_, part) in module.NamedModules())
        {
            if (part is BatchNorm2d norm) norm.Group = group;
        }
    }

    /// <summary>Adds up the processes' gradients and numbers, in place.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="values">Numbers such as the parts' losses.</param>
    /// <param name="stop">Whether this process has been asked to stop.</param>
    /// <returns>Whether one of them has: all stop after the same step.</returns>
    public bool AddUp(IEnumerable<(string Name, Tensor Value)> parameters, Span<double> values, bool stop)
    {
        if (group is null) return stop;
        using var noGrad = Torch.NoGrad();
        using var scope = new TensorScope();
        var all = parameters.Select(p => p.Value).ToArray();
        var gradients = all.Select(p => p.Grad).ToArray();
        // one tensor for all of them, as every sum costs the network's delay
        var flat = Tensor.Cat([.. gradients.Select((g, i) => (g ?? Tensor.Zeros([.. all[i].Shape], all[i].DType, all[i].Device)).Flatten())]);
        Span<double> numbers = new double[values.Length + 1 + all.Length];
        values.CopyTo(numbers);
        numbers[values.Length] = stop ? 1 : 0;
        for (var i = 0; i < all.Length; i++) numbers[values.Length + 1 + i] = gradients[i] is null ? 0 : 1;
        group.AllReduce(flat);
        group.AllReduce(numbers);
        numbers[..values.Length].CopyTo(values);
        var from = 0L;
        for (var i = 0; i < all.Length; i++)
        {
            // what no process has a gradient for keeps none: the optimiser leaves it alone
            if (numbers[values.Length + 1 + i] > 0)
            {
                var sum = flat.Narrow(0, from, all[i].Count).Reshape([.. all[i].Shape]);
                if (gradients[i] is { } own) own.CopyInPlace(sum);
                else all[i].SetGrad(sum.Clone());
            }

            from += all[i].Count;
        }

        return numbers[values.Length] > 0;
    }
}
