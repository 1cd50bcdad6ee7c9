using Sinew.Skeletons;

namespace Sinew.Tests.Skeletons;

public class SkeletonChecksTests
{
    [Fact]
    public void Every_built_in_skeleton_keeps_every_rule() =>
        Assert.Empty(BuiltInSkeletons.Names.SelectMany(n => SkeletonChecks.Check(BuiltInSkeletons.Get(n)).Select(f => $"{n}: {f}")));

    [Fact]
    public void All_built_in_skeletons_are_flipped_alike() => Assert.Empty(
        from a in BuiltInSkeletons.Names from b in BuiltInSkeletons.Names where SkeletonChecks.FlipMisfit(BuiltInSkeletons.Get(a), BuiltInSkeletons.Get(b)) is not null select $"{a} to {b}");

    [Fact]
    public void Flips_that_differ_are_told()
    {
        static Skeleton Of(string name, bool swap) => new(name, [new("left", "left", swap ? "right" : null, 0.1, null), new("right", "right", swap ? "left" : null, 0.1, null)]);
        var alone = new Skeleton("alone", [new("left", "left", null, 0.1, null)]);
        Assert.Equal("'none' flips 'left' to 'left', 'both' to 'right'", SkeletonChecks.FlipMisfit(Of("none", false), Of("both", true)));
        Assert.Equal("'both' flips 'left' to 'right', 'none' to 'left'", SkeletonChecks.FlipMisfit(Of("both", true), Of("none", false)));
        Assert.Equal("'alone' flips 'left' to 'left', 'both' to 'right'", SkeletonChecks.FlipMisfit(alone, Of("both", true)));
        Assert.Null(SkeletonChecks.FlipMisfit(Of("both", true), alone));
        Assert.Null(SkeletonChecks.FlipMisfit(Of("both", true), Of("too", true)));
    }

    [Fact]
    public void Every_side_has_its_other_side()
    {
        foreach (var skeleton in BuiltInSkeletons.Names.Select(BuiltInSkeletons.Get))
        {
            foreach (var joint in skeleton.Joints)
            {
                var other = joint.Name.Replace("left", "@", StringComparison.Ordinal).Replace("right", "left", StringComparison.Ordinal)
                    .Replace("@", "right", StringComparison.Ordinal);
                if (other != joint.Name) Assert.Equal(other, joint.Swap);
            }
        }
    }

    [Theory]
    [InlineData("swap", "a", "b", null)]
    [InlineData("swap", "a", "a", null)]
    [InlineData("swap", "a", "nowhere", null)]
    [InlineData("limb", "a", null, "nowhere")]
    [InlineData("limb", "a", null, "a")]
    public void Finds_what_is_wrong(string rule, string name, string? swap, string? parent)
    {
        Joint[] joints = [new(name, name, swap, 0.1, parent), new("b", "b", null, 0.1, null)];
        Assert.Equal([rule], SkeletonChecks.Check(joints).Select(f => f.Rule));
    }

    [Fact]
    public void Finds_a_cycle_once()
    {
        Joint[] joints = [new("a", "a", null, 0.1, "c"), new("b", "b", null, 0.1, "a"), new("c", "c", null, 0.1, "b"), new("d", "d", null, 0.1, "a")];
        Assert.Equal(["limb"], SkeletonChecks.Check(joints).Select(f => f.Rule));
    }

    [Fact]
    public void Finds_shared_ids_names_and_sigmas()
    {
        Joint[] joints = [new("a", "x", null, 0.1, null), new("a", "x", null, 0, null)];
        Assert.Equal(["name", "id", "sigma"], SkeletonChecks.Check(joints).Select(f => f.Rule));
    }

    [Fact]
    public void Finds_members_that_flip_differently()
    {
        var sided = new Skeleton("sided", [new("l", "l", "r", 0.1, null), new("r", "r", "l", 0.1, null)]);
        var still = new Skeleton("still", [new("l", "l", null, 0.1, null), new("r", "r", null, 0.1, null)]);
        Assert.Equal(["flip", "flip"], SkeletonChecks.Check(SkeletonUnion.Of(sided, still)).Select(f => f.Rule));
    }
}
