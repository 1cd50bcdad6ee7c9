using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Clothes;

/// <summary>Draws outfits.</summary>
internal static class Wardrobe
{
    /// <summary>Draws what one person wears.</summary>
    /// <param name="random">The person's stream for clothes.</param>
    /// <param name="female">Whether dresses and long hair are likely.</param>
    /// <param name="sporty">Share of sports clothes.</param>
    /// <param name="skirts">Whether a long skirt can follow the pose.</param>
    public static Outfit Sample(GeneratorRandom random, bool female, float sporty, bool skirts)
    {
        var skin = Palette.Skin(random);
        var sports = random.Chance(sporty);
        var outfit = Base(random, skin, female);
        return sports ? Sports(outfit, random, skin, female) : Everyday(outfit, random, skin, female, skirts);
    }

    private static Outfit Base(GeneratorRandom random, V3 skin, bool female)
    {
        var hairColor = Palette.Hair(random);
        var hair = female
            ? (HairKind)random.Weighted([1, 8, 20, 40, 18, 12, 4])
            : (HairKind)random.Weighted([10, 60, 16, 4, 2, 1, 6]);
        var hat = (HatKind)random.Weighted([78, 7, 3, 3, 4, 2, 3]);
        if (hat is HatKind.Cap or HatKind.Beanie or HatKind.Helmet && hair is HairKind.Afro or HairKind.Bun) hair = HairKind.Short;
        if (hat == HatKind.Scarf) hair = HairKind.Short;
        var longHair = hair is HairKind.Long or HairKind.Medium;
        var bald = hair == HairKind.Bald;
        var face = new FaceLook
        {
            Hair = hairColor,
            Brow = hairColor * 0.7f,
            Lips = (skin * new V3(0.85f, 0.55f, 0.55f)).Mix(Palette.Srgb(170, 30, 50), female ? random.Range(0, 0.7f) : 0),
            Iris = random.Pick<V3>([Palette.Srgb(50, 32, 22), Palette.Srgb(70, 50, 30), Palette.Srgb(70, 100, 130), Palette.Srgb(60, 80, 50)]),
            HairFront = bald ? 0.4f : random.Range(0.172f, 0.2f),
            HairSide = bald ? random.Chance(0.5f) ? 0.4f : 0.15f : longHair ? 0.07f : random.Range(0.11f, 0.14f),
            HairBack = bald ? random.Chance(0.5f) ? 0.4f : 0.09f : longHair ? -0.02f : random.Range(0.02f, 0.07f),
            Beard = female ? 0 : random.Chance(0.3f) ? random.Range(0.2f, 0.95f) : 0,
            Sunglasses = random.Chance(0.06f),
            EyesOpen = random.Chance(0.08f) ? 0.15f : random.Range(0.6f, 1.1f),
            MouthOpen = random.Chance(0.25f) ? random.Range(0.2f, 1) : 0,
        };
        var shoe = Shoe(random);
        return new Outfit
        {
            Skin = new Material { Color = skin, Around = 0.3f, Folds = 0.06f, Gloss = random.Range(0.03f, 0.14f) },
            Head = new Material { Color = skin, Pattern = Pattern.Face, Around = 0.55f, Gloss = 0.08f, Face = face, Offset = random.Whole(65536) },
            Top = new Material { Color = skin },
            Sleeve = new Material { Color = skin },
            Bottom = new Material { Color = skin },
            Leg = new Material { Color = skin },
            Sock = new Material { Color = random.Chance(0.5f) ? Palette.Srgb(235, 235, 235) : Palette.Cloth(random), Folds = 0.15f },
            Shoe = shoe,
            Hair = new Material { Color = hairColor, Second = hairColor * 0.5f, Pattern = Pattern.Grain, Scale = 0.012f, Around = 0.5f, Gloss = 0.25f, Offset = random.Whole(65536) },
            Hat = Cloth(random, 0.55f) with { Folds = 0.15f },
            Bag = Cloth(random, 0.6f) with { Folds = 0.3f },
            HairKind = hair,
            HatKind = hat,
            Glasses = !face.Sunglasses && random.Chance(0.1f),
            Backpack = random.Chance(0.05f),
            Handbag = random.Chance(0.07f),
            Socks = random.Range(1.75f, 2.05f),
        };
    }

    private static Outfit Everyday(Outfit o, GeneratorRandom r, V3 skin, bool female, bool skirts)
    {
        var top = TopCloth(r, skin, 0.95f);
        var trousers = TrouserCloth(r);
        var (loose, hem) = (r.Range(0.004f, 0.03f), r.Chance(0.4f) ? r.Range(0.08f, 0.11f) : r.Range(-0.08f, 0.05f));
        var sleeves = r.Weighted([12, 30, 8, 45]) switch { 0 => 0.06f, 1 => r.Range(0.3f, 0.75f), 2 => r.Range(0.8f, 1.4f), _ => r.Range(1.75f, 2.02f) };
        if (r.Chance(0.18f))
        {
            // an open jacket over a shirt
            top = top with { Cut = Cut.Open, CutColor = Palette.Cloth(r), CutDepth = r.Range(0.05f, 0.12f), CutFrom = -0.2f };
            (loose, hem, sleeves) = (r.Range(0.015f, 0.035f), r.Range(-0.09f, 0.04f), r.Range(1.7f, 2.02f));
        }

        var wide = r.Chance(female ? 0.35f : 0.2f);
        o = o with
        {
            Top = top,
            Sleeve = SleeveOf(top, r),
            TopHem = female && r.Chance(0.12f) ? r.Range(0.14f, 0.24f) : hem,
            TopLoose = loose,
            Sleeves = sleeves,
            SleeveLoose = r.Range(0.004f, 0.022f),
            Bottom = trousers with { Around = 0.95f },
            Leg = trousers with { Around = 0.5f },
            Waist = r.Range(0.09f, 0.15f),
            Legs = r.Chance(0.2f) ? r.Range(0.3f, 0.95f) : r.Range(1.6f, 2.05f),
            LegLoose = wide ? r.Range(0.015f, 0.035f) : r.Range(0.002f, 0.014f),
            LegFlare = wide ? r.Range(0, 0.06f) : r.Range(0, 0.015f),
            Heel = female && r.Chance(0.3f) ? r.Range(0.02f, 0.08f) : 0,
        };
        if (!female || !skirts || !r.Chance(0.38f)) return o;
        var dress = r.Chance(0.55f);
        var skirt = dress ? top : Cloth(r, 0.9f);
        return o with
        {
            Bottom = skirt with { Cut = Cut.None },
            Leg = o.Skin,
            Legs = 0,
            Skirt = r.Range(0.35f, 1.7f),
            SkirtFlare = r.Range(0, 0.2f),
            TopHem = dress ? -0.05f : 0.11f,
            TopLoose = r.Range(0.003f, 0.015f),
            Socks = r.Chance(0.25f) ? 0.3f : o.Socks,
        };
    }

    private static Outfit Sports(Outfit o, GeneratorRandom r, V3 skin, bool female)
    {
        var top = TopCloth(r, skin, 0.95f);
        var shorts = (r.Chance(0.25f) ? top : Cloth(r, 0.9f)) with { Cut = Cut.None };
        o = o with
        {
            Top = top,
            Sleeve = SleeveOf(top, r),
            TopHem = r.Range(-0.08f, 0.09f),
            TopLoose = r.Range(0.002f, 0.022f),
            Sleeves = r.Weighted([35, 45, 20]) switch { 0 => 0.05f, 1 => r.Range(0.3f, 0.7f), _ => r.Range(1.6f, 2.02f) },
            SleeveLoose = r.Range(0.002f, 0.018f),
            Bottom = shorts with { Around = 0.95f },
            Leg = shorts with { Around = 0.5f },
            Waist = r.Range(0.08f, 0.13f),
            Legs = r.Chance(0.6f) ? r.Range(0.15f, 0.95f) : r.Range(1.5f, 2.05f),
            LegLoose = r.Range(0.002f, 0.028f),
            Barefoot = r.Chance(0.2f),
            Socks = r.Chance(0.3f) ? r.Range(1.1f, 1.6f) : o.Socks,
            Backpack = false,
            Handbag = false,
        };
        if (!female && r.Chance(0.16f)) return o with { NoTop = true, Sleeves = 0 };
        if (!r.Chance(female ? 0.4f : 0.12f)) return o;
        // a leotard, a swimming costume, a running suit
        return o with
        {
            Bottom = top with { Cut = Cut.None, Around = 0.95f },
            Leg = top with { Cut = Cut.None, Around = 0.5f },
            TopHem = 0.06f,
            TopLoose = 0.002f,
            SleeveLoose = 0.001f,
            LegLoose = 0.001f,
            Legs = r.Chance(0.6f) ? 0.02f : r.Range(0.2f, 2.05f),
            Sleeves = r.Chance(0.5f) ? 0.05f : 2.02f,
            Barefoot = r.Chance(0.6f),
        };
    }

    private static Material TopCloth(GeneratorRandom r, V3 skin, float around)
    {
        var cloth = Cloth(r, around);
        if (r.Chance(0.2f)) cloth = cloth with { Pattern = Pattern.Print, Second = Palette.Any(r), Scale = r.Range(0.08f, 0.2f) };
        return r.Weighted([45, 40, 15]) switch
        {
            0 => cloth with { Cut = Cut.Neckline, CutColor = skin, CutDepth = r.Range(0.005f, 0.05f) },
            1 => cloth with { Cut = Cut.Neckline, CutColor = skin, CutDepth = r.Range(0.0f, 0.14f) },
            _ => cloth with { Cut = Cut.Straps, CutColor = skin, CutDepth = r.Range(0.03f, 0.12f) },
        };
    }

    private static Material SleeveOf(Material top, GeneratorRandom r) =>
        top with
        {
            Cut = Cut.None,
            Around = 0.35f,
            Pattern = top.Pattern == Pattern.Print ? Pattern.Plain : top.Pattern,
            Color = r.Chance(0.12f) ? Palette.Cloth(r) : top.Color,
            Offset = r.Whole(65536),
        };

    private static Material TrouserCloth(GeneratorRandom r) =>
        r.Chance(0.4f)
            ? new Material { Color = Palette.Denim(r), Second = Palette.Denim(r), Pattern = r.Chance(0.4f) ? Pattern.Blotches : Pattern.Plain, Scale = 0.3f, Folds = r.Range(0.2f, 0.6f), Offset = r.Whole(65536) }
            : Cloth(r, 0.5f) with { Folds = r.Range(0.15f, 0.7f) };

    private static Material Cloth(GeneratorRandom r, float around)
    {
        var pattern = (Pattern)r.Weighted([66, 7, 6, 6, 4, 7, 4]);
        return new Material
        {
            Color = Palette.Cloth(r),
            Second = Palette.Cloth(r),
            Third = Palette.Cloth(r),
            Pattern = pattern,
            Scale = pattern == Pattern.Blocks ? r.Range(0.15f, 0.5f) : r.Range(0.025f, 0.12f),
            Around = around,
            Folds = r.Range(0.1f, 0.8f),
            Gloss = r.Chance(0.15f) ? r.Range(0.1f, 0.4f) : 0.02f,
            Offset = r.Whole(65536),
        };
    }

    private static Material Shoe(GeneratorRandom r)
    {
        var color = r.Weighted([4, 4, 2, 3]) switch
        {
            0 => Palette.Srgb(236, 236, 234),
            1 => Palette.Srgb(26, 24, 24),
            2 => Palette.Srgb(110, 74, 48),
            _ => Palette.Any(r),
        };
        return new Material { Color = color, Second = r.Chance(0.5f) ? Palette.Srgb(230, 230, 228) : color * 0.5f, Gloss = r.Range(0.05f, 0.3f), Pattern = Pattern.Blocks, Scale = 0.06f, Offset = r.Whole(65536) };
    }
}
