namespace Sinew.Tensors.Modules;

/// <summary>
/// A part of a network: parameters, buffers and parts within it, each registered by its name in the constructor. Names and their
/// order are PyTorch's, so that checkpoints go both ways.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];

    /// <summary>Whether the part is training: it decides how normalisation and dropout behave.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>Computes the part's output.</summary>
    /// <param name="x">The input.</param>
    /// <returns>The output.</returns>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The parameters of this part and all within, in PyTorch's order.</summary>
    /// <returns>Names with dots, such as "stem.0.conv.weight", and tensors.</returns>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters() =>
        NamedModules().SelectMany(m => m.Module._parameters.Select(p => (Join(m.Name, p.Name), p.Value)));

    /// <summary>The buffers of this part and all within, in PyTorch's order.</summary>
    /// <returns>Names with dots, and tensors.</returns>
    public IEnumerable<(string Name, Tensor Value)> NamedBuffers() =>
        NamedModules().SelectMany(m => m.Module._buffers.Select(b => (Join(m.Name, b.Name), b.Value)));

    /// <summary>The parameters of this part and all within, in PyTorch's order.</summary>
    /// <returns>Tensors.</returns>
    public IEnumerable<Tensor> Parameters() => NamedParameters().Select(p => p.Value);

    /// <summary>This part under the empty name, and all within it, each before its own parts.</summary>
    /// <returns>Names with dots, and parts.</returns>
    public IEnumerable<(string Name, Module Module)> NamedModules()
    {
        yield return (string.Empty, this);
        foreach ((string name, Module child) in _children)
        {
            foreach ((string below, Module module) in child.NamedModules())
                yield return (Join(name, below), module);
        }
    }

    /// <summary>Parameters and buffers together, in PyTorch's order: each part's own parameters, its buffers, then its parts.</summary>
    /// <returns>The tensors themselves, not copies; enumerating gives the order.</returns>
    public OrderedDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string prefix, Module module) in NamedModules())
        {
            foreach ((string name, Tensor value) in module._parameters.Concat(module._buffers))
                state.Add(Join(prefix, name), value);
        }

        return state;
    }

    /// <summary>Copies values into the parameters and buffers of the same names, across element types and devices.</summary>
    /// <param name="state">Tensors by name.</param>
    /// <param name="strict">Whether a name too many or too few is an error. A tensor of another shape is not copied in either case.</param>
    /// <returns>What did not fit.</returns>
    /// <exception cref="SinewException"><paramref name="strict"/>, and something did not fit; nothing was copied then.</exception>
    public LoadReport LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        OrderedDictionary<string, Tensor> own = StateDict();
        var mismatched = new List<string>();
        var fitting = new List<(Tensor Target, Tensor Source)>();
        foreach ((string name, Tensor target) in own)
        {
            if (!state.TryGetValue(name, out Tensor? source))
                continue;
            if (target.Shape.AsSpan().SequenceEqual(source.Shape))
                fitting.Add((target, source));
            else
                mismatched.Add($"{name} is [{string.Join(", ", source.Shape)}] in place of [{string.Join(", ", target.Shape)}]");
        }

        var report = new LoadReport(
            [.. own.Keys.Where(name => !state.ContainsKey(name))],
            [.. state.Keys.Where(name => !own.ContainsKey(name))],
            mismatched);
        if (strict && !report.IsClean)
            throw new SinewException($"the weights do not fit the network: {report}");

        using IDisposable noGrad = Torch.NoGrad();
        foreach ((Tensor target, Tensor source) in fitting)
            target.CopyInPlace(source);
        return report;
    }

    /// <summary>Sets <see cref="Training"/> here and in all parts within.</summary>
    /// <param name="training">Training (true) or evaluation (false).</param>
    public void Train(bool training = true)
    {
        foreach ((_, Module module) in NamedModules())
            module.Training = training;
    }

    /// <summary>Moves parameters and buffers to a device. The tensor objects stay, so optimisers that hold them need not know.</summary>
    /// <param name="device">The device.</param>
    public void To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Replace(tensor => tensor.To(device));
    }

    /// <summary>Converts parameters and buffers that hold floating-point numbers.</summary>
    /// <param name="dtype">A floating-point element type.</param>
    public void To(DType dtype) => Replace(tensor => tensor.DType.IsFloating() ? tensor.To(dtype) : tensor);

    /// <summary>Removes every parameter's gradient.</summary>
    public void ZeroGrad()
    {
        foreach ((_, Tensor parameter) in NamedParameters())
            parameter.ZeroGrad();
    }

    /// <summary>Releases the parameters and buffers of this part and all within.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the parameters and buffers of this part and all within.</summary>
    /// <param name="disposing">Always true here; a finaliser has nothing to do.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach ((_, Tensor value) in _parameters.Concat(_buffers))
            value.Dispose();
        foreach ((_, Module child) in _children)
            child.Dispose();
    }

    /// <summary>Registers what is learned. The tensor leaves its scope and lives as long as the part.</summary>
    /// <param name="name">The name, without dots.</param>
    /// <param name="init">Its first value, of a floating type.</param>
    /// <returns>The same tensor.</returns>
    protected Tensor Parameter(string name, Tensor init)
    {
        ArgumentNullException.ThrowIfNull(init);
        CheckName(name);
        init.LeaveScope();
        init.RequiresGrad = true;
        _parameters.Add((name, init));
        return init;
    }

    /// <summary>Registers what is kept and saved but not learned by gradient. The tensor leaves its scope and lives as long as the part.</summary>
    /// <param name="name">The name, without dots.</param>
    /// <param name="init">Its first value.</param>
    /// <returns>The same tensor.</returns>
    protected Tensor Buffer(string name, Tensor init)
    {
        ArgumentNullException.ThrowIfNull(init);
        CheckName(name);
        init.LeaveScope();
        _buffers.Add((name, init));
        return init;
    }

    /// <summary>Registers a part within this one.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">The name, without dots.</param>
    /// <param name="module">The part.</param>
    /// <returns>The same part.</returns>
    protected T Child<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        _children.Add((name, module));
        return module;
    }

    private static string Join(string prefix, string name) =>
        prefix.Length == 0 ? name : name.Length == 0 ? prefix : $"{prefix}.{name}";

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' has a dot: a part registers its own parts one by one", nameof(name));
        if (_parameters.Exists(p => p.Name == name) || _buffers.Exists(b => b.Name == name) || _children.Exists(c => c.Name == name))
            throw new ArgumentException($"'{name}' is registered already", nameof(name));
    }

    private void Replace(Func<Tensor, Tensor> convert)
    {
        using IDisposable noGrad = Torch.NoGrad();
        foreach (Tensor tensor in StateDict().Values)
        {
            bool requiresGrad = tensor.RequiresGrad;
            Tensor converted = convert(tensor);
            if (ReferenceEquals(converted, tensor))
                continue;
            if (converted.IsSame(tensor))
            {
                converted.Dispose();
                continue;
            }

            tensor.Become(converted);
            tensor.RequiresGrad = requiresGrad;
        }
    }
}
