using Sinew.Generation.Rendering;

namespace Sinew.Generation.Clothes;

internal enum HairKind
{
    Bald,
    Short,
    Medium,
    Long,
    Ponytail,
    Bun,
    Afro,
}

internal enum HatKind
{
    None,
    Cap,
    Beanie,
    Brim,
    Helmet,
    Scarf,
    Headband,
}

/// <summary>What one person wears. Lengths are metres; limbs are measured from 0 (shoulder, hip) over 1 (elbow, knee) to 2 (wrist, ankle).</summary>
internal sealed record Outfit
{
    public required Material Skin { get; init; }

    public required Material Head { get; init; }

    public required Material Top { get; init; }

    public required Material Sleeve { get; init; }

    public required Material Bottom { get; init; }

    public required Material Leg { get; init; }

    public required Material Sock { get; init; }

    public required Material Shoe { get; init; }

    public required Material Hair { get; init; }

    public required Material Hat { get; init; }

    public required Material Bag { get; init; }

    /// <summary>Where the top ends above the hips; negative covers them.</summary>
    public float TopHem { get; init; }

    /// <summary>Bare chest where true.</summary>
    public bool NoTop { get; init; }

    /// <summary>How far the top stands off.</summary>
    public float TopLoose { get; init; }

    public float Sleeves { get; init; }

    public float SleeveLoose { get; init; }

    public float Waist { get; init; }

    public float Legs { get; init; }

    public float LegLoose { get; init; }

    /// <summary>How much trousers widen towards their end.</summary>
    public float LegFlare { get; init; }

    /// <summary>Length of a skirt along the legs (0 to 2), 0 for none.</summary>
    public float Skirt { get; init; }

    public float SkirtFlare { get; init; }

    public float Socks { get; init; }

    public bool Barefoot { get; init; }

    public float Heel { get; init; }

    public HairKind HairKind { get; init; }

    public HatKind HatKind { get; init; }

    public bool Glasses { get; init; }

    public bool Backpack { get; init; }

    public bool Handbag { get; init; }
}
