using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>One person's proportions. Lengths are metres.</summary>
internal sealed record BodyShape
{
    /// <summary>Factor on everything, 1 for a body of about 1.72 m.</summary>
    public float Scale { get; private init; }

    /// <summary>0 for a slender male-like trunk, 1 for a female-like one.</summary>
    public float Curves { get; private init; }

    /// <summary>Factor on the thickness of limbs.</summary>
    public float Girth { get; private init; }

    /// <summary>How much the belly stands out, 0 to 1.</summary>
    public float Belly { get; private init; }

    public float Muscle { get; private init; }

    public float HeadScale { get; private init; }

    public float HipHalf { get; private init; }

    public float Thigh { get; private init; }

    public float Shin { get; private init; }

    public float AnkleHeight { get; private init; }

    public float FootLength { get; private init; }

    public float Lumbar { get; private init; }

    public float Waist { get; private init; }

    public float Chest { get; private init; }

    public float ShoulderHeight { get; private init; }

    public float Clavicle { get; private init; }

    public float Neck { get; private init; }

    public float UpperArm { get; private init; }

    public float Forearm { get; private init; }

    public float Hand { get; private init; }

    public float TrunkWidth { get; private init; }

    public bool IsChild { get; private init; }

    public static BodyShape Sample(GeneratorRandom random, float childShare, float femaleShare)
    {
        var child = random.Chance(childShare);
        var female = random.Chance(femaleShare);
        var height = child ? random.Range(0.58f, 0.85f) : random.Clipped(female ? 0.965f : 1.03f, 0.045f, 0.84f, 1.18f);
        var fat = random.Clipped(0, 1, -1.6f, 3f);
        var muscle = random.Clipped(female ? 0.25f : 0.55f, 0.25f, 0, 1);
        var legs = random.Clipped(1, 0.035f, 0.9f, 1.1f) * (child ? 0.93f : 1);
        var arms = random.Clipped(1, 0.035f, 0.9f, 1.1f) * (child ? 0.95f : 1);
        var trunk = random.Clipped(1, 0.03f, 0.92f, 1.08f);
        var shoulders = random.Clipped(female ? 0.96f : 1.06f, 0.045f, 0.84f, 1.2f);
        return new BodyShape
        {
            IsChild = child,
            Scale = height,
            Curves = child ? 0.2f : female ? random.Range(0.6f, 1.1f) : random.Range(0, 0.25f),
            Girth = Math.Clamp(1 + (0.085f * fat) + (0.05f * (muscle - 0.4f)), 0.84f, 1.3f),
            Belly = Math.Clamp((0.3f * fat) - 0.1f, 0, 1),
            Muscle = muscle,
            HeadScale = random.Clipped(1, 0.03f, 0.92f, 1.08f) * (child ? Portable.Mix(1.45f, 1.12f, (height - 0.58f) / 0.27f) : 1),
            HipHalf = random.Clipped(female ? 0.097f : 0.092f, 0.005f, 0.08f, 0.112f),
            Thigh = 0.432f * legs * random.Clipped(1, 0.02f, 0.95f, 1.05f),
            Shin = 0.424f * legs * random.Clipped(1, 0.02f, 0.95f, 1.05f),
            AnkleHeight = 0.078f,
            FootLength = random.Clipped(0.255f, 0.01f, 0.225f, 0.285f) * (female ? 0.95f : 1),
            Lumbar = 0.095f * trunk,
            Waist = 0.15f * trunk,
            Chest = 0.255f * trunk,
            ShoulderHeight = 0.232f * trunk,
            Clavicle = 0.134f * shoulders,
            Neck = random.Clipped(0.066f, 0.008f, 0.045f, 0.085f),
            UpperArm = 0.288f * arms * random.Clipped(1, 0.02f, 0.95f, 1.05f),
            Forearm = 0.252f * arms * random.Clipped(1, 0.02f, 0.95f, 1.05f),
            Hand = random.Clipped(0.183f, 0.008f, 0.16f, 0.205f) * (female ? 0.95f : 1),
            TrunkWidth = Math.Clamp(1 + (0.075f * fat), 0.88f, 1.35f),
        };
    }
}
