namespace Sinew.Tensors.Optimisers;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> have in common: running means of gradients and of their squares.</summary>
public abstract class AdaptiveMoments : IDisposable
{
    private readonly List<(Entry Entry, ParameterGroup Group)> _entries = [];
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly bool _decoupled;

    private protected AdaptiveMoments(IEnumerable<ParameterGroup> groups, double learningRate, double beta1, double beta2, double eps, bool decoupled)
    {
        ArgumentNullException.ThrowIfNull(groups);
        LearningRate = learningRate;
        (_beta1, _beta2, _eps, _decoupled) = (beta1, beta2, eps, decoupled);
        Groups = [.. groups];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ParameterGroup group in Groups)
        {
            foreach ((string name, Tensor value) in group.Parameters)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"the parameter '{name}' is in two groups", nameof(groups));
                _entries.Add((new Entry(name, value), group));
            }
        }
    }

    /// <summary>What is learned.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The learning rate of the next step, before each group's factor.</summary>
    public double LearningRate { get; set; }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public void Step()
    {
        using IDisposable noGrad = Torch.NoGrad();
        using var scope = new TensorScope();
        foreach ((Entry entry, ParameterGroup group) in _entries)
        {
            if (entry.Parameter.Grad is not { } gradient)
                continue;
            entry.Start();
            entry.Steps++;
            AdamStep step = StepFor(group, entry.Steps);
            if (!AdamKernel.TryRun(entry.Parameter, gradient, entry.Mean!, entry.Square!, step))
                step.Run(entry.Parameter, gradient, entry.Mean!, entry.Square!);
        }
    }

    /// <summary>Removes every parameter's gradient.</summary>
    public void ZeroGrad()
    {
        foreach ((Entry entry, _) in _entries)
            entry.Parameter.ZeroGrad();
    }

    /// <summary>The running means and step counts; the learning rate is not part of it.</summary>
    /// <returns>The tensors themselves, not copies.</returns>
    public OptimiserState State()
    {
        var state = new OptimiserState();
        foreach ((Entry entry, _) in _entries)
        {
            state.Scalars.Add("step." + entry.Name, entry.Steps);
            if (entry.Mean is null || entry.Square is null)
                continue;
            state.Tensors.Add("exp_avg." + entry.Name, entry.Mean);
            state.Tensors.Add("exp_avg_sq." + entry.Name, entry.Square);
        }

        return state;
    }

    /// <summary>Goes on from a saved state. The values are copied.</summary>
    /// <param name="state">What <see cref="State"/> gave for the same parameters.</param>
    /// <exception cref="SinewException">The state belongs to other parameters; nothing was changed then.</exception>
    public void Load(OptimiserState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach ((Entry entry, _) in _entries)
        {
            if (state.ScalarFor("step." + entry.Name) == 0)
                continue;
            state.TensorFor("exp_avg." + entry.Name, entry.Parameter);
            state.TensorFor("exp_avg_sq." + entry.Name, entry.Parameter);
        }

        using IDisposable noGrad = Torch.NoGrad();
        foreach ((Entry entry, _) in _entries)
        {
            entry.Steps = (long)state.ScalarFor("step." + entry.Name);
            if (entry.Steps == 0)
            {
                entry.Release();
                continue;
            }

            entry.Start();
            entry.Mean!.CopyInPlace(state.TensorFor("exp_avg." + entry.Name, entry.Parameter));
            entry.Square!.CopyInPlace(state.TensorFor("exp_avg_sq." + entry.Name, entry.Parameter));
        }
    }

    /// <summary>Releases the running means; the parameters stay.</summary>
    public void Dispose()
    {
        foreach ((Entry entry, _) in _entries)
            entry.Release();
        GC.SuppressFinalize(this);
    }

    private AdamStep StepFor(ParameterGroup group, long steps)
    {
        double rate = LearningRate * group.LearningRateFactor;
        return new AdamStep(
            _beta1,
            _beta2,
            _eps,
            Shrink: _decoupled ? 1 - (rate * group.WeightDecay) : 1,
            Decay: _decoupled ? 0 : group.WeightDecay,
            StepSize: rate / (1 - Math.Pow(_beta1, steps)),
            RootCorrection: Math.Sqrt(1 - Math.Pow(_beta2, steps)));
    }

    private sealed class Entry(string name, Tensor parameter)
    {
        public string Name { get; } = name;

        public Tensor Parameter { get; } = parameter;

        public Tensor? Mean { get; private set; }

        public Tensor? Square { get; private set; }

        public long Steps { get; set; }

        public void Start()
        {
            Mean ??= Zeros();
            Square ??= Zeros();
        }

        public void Release()
        {
            Mean?.Dispose();
            Square?.Dispose();
            (Mean, Square) = (null, null);
        }

        private Tensor Zeros()
        {
            Tensor zeros = Ops.ZerosLike.Call(Parameter);
            zeros.LeaveScope();
            return zeros;
        }
    }
}
