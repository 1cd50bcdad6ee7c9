using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sinew.Tensors.Optimisers;

/// <summary>
/// One Adam step in one pass over memory, for single-precision tensors on the processor. By operators it is nine passes, and for
/// a small network the optimiser's share of a training step shows. It writes to the parameters' memory unseen by autograd: a graph
/// that is kept over the step would go back through the new values.
/// </summary>
internal static class AdamKernel
{
    /// <summary>Runs the step; false where the tensors are not of the kind that this is for.</summary>
    public static bool TryRun(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, in AdamStep step)
    {
        Span<float> p = parameter.DenseMemory<float>();
        if (p.IsEmpty || !parameter.HasLayoutOf(gradient) || !parameter.HasLayoutOf(mean) || !parameter.HasLayoutOf(square))
            return false;
        Span<float> g = gradient.DenseMemory<float>();
        Span<float> m = mean.DenseMemory<float>();
        Span<float> v = square.DenseMemory<float>();
        if (g.Length != p.Length || m.Length != p.Length || v.Length != p.Length)
            return false;
        int done = RunVectors(p, g, m, v, step);
        RunScalars(p[done..], g[done..], m[done..], v[done..], step);
        return true;
    }

    /// <summary>Whole vectors; returns how many elements that were.</summary>
    internal static int RunVectors(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, in AdamStep step)
    {
        Span<Vector<float>> ps = MemoryMarshal.Cast<float, Vector<float>>(p);
        ReadOnlySpan<Vector<float>> gs = MemoryMarshal.Cast<float, Vector<float>>(g);
        Span<Vector<float>> ms = MemoryMarshal.Cast<float, Vector<float>>(m);
        Span<Vector<float>> vs = MemoryMarshal.Cast<float, Vector<float>>(v);
        var shrink = new Vector<float>((float)step.Shrink);
        var decay = new Vector<float>((float)step.Decay);
        var beta1 = new Vector<float>((float)step.Beta1);
        var beta2 = new Vector<float>((float)step.Beta2);
        var rest1 = new Vector<float>((float)(1 - step.Beta1));
        var rest2 = new Vector<float>((float)(1 - step.Beta2));
        var root = new Vector<float>((float)step.RootCorrection);
        var eps = new Vector<float>((float)step.Eps);
        var size = new Vector<float>((float)-step.StepSize);
        for (int i = 0; i < ps.Length; i++)
        {
            Vector<float> parameter = ps[i] * shrink;
            Vector<float> gradient = gs[i] + (decay * parameter);
            Vector<float> mean = (ms[i] * beta1) + (rest1 * gradient);
            Vector<float> square = (vs[i] * beta2) + (rest2 * gradient * gradient);
            ms[i] = mean;
            vs[i] = square;
            ps[i] = parameter + (size * mean / ((Vector.SquareRoot(square) / root) + eps));
        }

        return ps.Length * Vector<float>.Count;
    }

    /// <summary>The same, element by element.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void RunScalars(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v, in AdamStep step)
    {
        var shrink = (float)step.Shrink;
        var decay = (float)step.Decay;
        var beta1 = (float)step.Beta1;
        var beta2 = (float)step.Beta2;
        var rest1 = (float)(1 - step.Beta1);
        var rest2 = (float)(1 - step.Beta2);
        var root = (float)step.RootCorrection;
        var eps = (float)step.Eps;
        var size = (float)-step.StepSize;
        for (int i = 0; i < p.Length; i++)
        {
            float parameter = p[i] * shrink;
            float gradient = g[i] + (decay * parameter);
            float mean = (m[i] * beta1) + (rest1 * gradient);
            float square = (v[i] * beta2) + (rest2 * gradient * gradient);
            m[i] = mean;
            v[i] = square;
            p[i] = parameter + (size * mean / ((MathF.Sqrt(square) / root) + eps));
        }
    }
}
