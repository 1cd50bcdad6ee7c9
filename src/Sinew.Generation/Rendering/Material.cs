using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>What is drawn on a surface, over its coordinates: the turn around it (0 to 1) and metres along it.</summary>
internal enum Pattern
{
    Plain,
    Bands,
    Stripes,
    Checks,
    Dots,
    Blotches,
    Blocks,
    Print,
    Grain,
    Face,
}

/// <summary>Where a torso's cloth is cut out: the second colour shows there.</summary>
internal enum Cut
{
    None,

    /// <summary>A round or pointed neck.</summary>
    Neckline,

    /// <summary>Straps over bare shoulders.</summary>
    Straps,

    /// <summary>A jacket that is open in front.</summary>
    Open,
}

/// <summary>How a surface looks. Colours are linear light, 0 to 1.</summary>
internal sealed record Material
{
    public required V3 Color { get; init; }

    public V3 Second { get; init; }

    public V3 Third { get; init; }

    public Pattern Pattern { get; init; }

    /// <summary>Metres of one repetition.</summary>
    public float Scale { get; init; } = 0.05f;

    /// <summary>Metres around the surface.</summary>
    public float Around { get; init; } = 0.5f;

    /// <summary>Strength of folds, 0 to 1.</summary>
    public float Folds { get; init; }

    public float Gloss { get; init; }

    public Cut Cut { get; init; }

    public V3 CutColor { get; init; }

    /// <summary>How deep the cut is, metres; where it begins along the surface.</summary>
    public float CutDepth { get; init; }

    public float CutFrom { get; init; }

    /// <summary>Shifts the noise so that no two pieces of cloth are the same.</summary>
    public int Offset { get; init; }

    public FaceLook? Face { get; init; }
}

/// <summary>A painted face and its hair, over the head's turn and height.</summary>
internal sealed record FaceLook
{
    public V3 Lips { get; init; }

    public V3 Iris { get; init; }

    public V3 Hair { get; init; }

    public V3 Brow { get; init; }

    /// <summary>Height of the hairline at the forehead, at the ears and at the back: metres above the upper neck.</summary>
    public float HairFront { get; init; }

    public float HairSide { get; init; }

    public float HairBack { get; init; }

    public float Beard { get; init; }

    public bool Sunglasses { get; init; }

    public float EyesOpen { get; init; }

    public float MouthOpen { get; init; }

    /// <summary>The hairline at a place: turn 0.25 is the front.</summary>
    public float Hairline(float turn)
    {
        var back = MathF.Abs(turn - 0.25f);
        back = back > 0.5f ? 1 - back : back;
        return back < 0.25f
            ? Portable.Mix(HairFront, HairSide, Portable.Smooth(0.1f, 0.22f, back))
            : Portable.Mix(HairSide, HairBack, Portable.Smooth(0.27f, 0.4f, back));
    }
}
