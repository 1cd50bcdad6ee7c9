using FsCheck;
using FsCheck.Fluent;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Skeletons;

public class SkeletonUnionTests
{
    private static readonly Skeleton[] All = [.. BuiltInSkeletons.Names.Select(BuiltInSkeletons.Get)];

    private static readonly Gen<Skeleton[]> SomeMembers =
        Gen.Elements(All).NonEmptyListOf().Select(l => l.Take(4).ToArray());

    [Fact]
    public void Coco_and_mpii_make_21_joints_of_which_12_are_shared()
    {
        var union = SkeletonUnion.Of(BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("mpii16"));
        Assert.Equal(21, union.Union.Count);
        Assert.Equal(12, union.Shared.Count);
        Assert.Equal(["nose", "left_eye", "right_eye", "left_ear", "right_ear"], union.UniqueOf(0).Select(j => union.Union.Joints[j].Name));
        Assert.Equal(["pelvis", "thorax", "upper_neck", "head_top"], union.UniqueOf(1).Select(j => union.Union.Joints[j].Name));
        Assert.Equal(0.079, union.Union.Sigmas[union.Union.IndexOfName("left_shoulder")]);
    }

    [Fact]
    public void Body21_is_that_union()
    {
        var union = SkeletonUnion.Of("body21", [BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("mpii16")]).Union;
        var builtIn = BuiltInSkeletons.Get("body21");
        Assert.Equal(union.Joints, builtIn.Joints);
        Assert.Equal(union.Limbs, builtIn.Limbs);
        Assert.Equal(BuiltInSkeletons.Get("coco17").Joints.Select(j => j.Id), builtIn.Joints.Take(17).Select(j => j.Id));
    }

    [Fact]
    public void Leeds_joints_are_all_in_body21()
    {
        var mapping = JointMapping.Between(BuiltInSkeletons.Get("lsp14"), BuiltInSkeletons.Get("body21"));
        Assert.Equal(14, mapping.Shared);
        Assert.Equal("upper_neck", mapping.To.Joints[mapping.TargetOf[12]].Id);
        Assert.Equal("head_top", mapping.To.Joints[mapping.TargetOf[13]].Id);
    }

    [Fact]
    public void EfficientPose_has_the_joints_of_mpii_in_another_order()
    {
        var mapping = JointMapping.Between(BuiltInSkeletons.Get("efficientpose16"), BuiltInSkeletons.Get("mpii16"));
        Assert.Equal([9, 8, 12, 11, 10, 7, 13, 14, 15, 6, 2, 1, 0, 3, 4, 5], mapping.TargetOf.ToArray());
    }

    [Fact]
    public void Halpe_shares_20_of_its_26_joints_with_body21() =>
        Assert.Equal(20, JointMapping.Between(BuiltInSkeletons.Get("halpe26"), BuiltInSkeletons.Get("body21")).Shared);

    [Fact]
    public void The_middle_of_a_face_is_not_the_top_of_a_head() =>
        Assert.Equal(-1, BuiltInSkeletons.Get("body21").IndexOfId(BuiltInSkeletons.Get("jhmdb15").Joints[2].Id));

    [Fact]
    public void Names_that_clash_are_told_apart()
    {
        var union = SkeletonUnion.Of(BuiltInSkeletons.Get("crowdpose14"), BuiltInSkeletons.Get("jhmdb15"));
        Assert.Equal(16, union.Union.Count);
        Assert.NotEqual(-1, union.Union.IndexOfName("face_center"));
    }

    [Fact]
    public void A_union_keeps_every_rule_whatever_its_members() => Prop.ForAll(SomeMembers.ToArbitrary(), members =>
    {
        var union = SkeletonUnion.Of(members);
        return SkeletonChecks.Check(union).Count == 0
            && union.Union.Joints.Select(j => j.Id).ToHashSet().SetEquals(members.SelectMany(m => m.Joints.Select(j => j.Id)));
    }).Holds();

    [Fact]
    public void A_members_map_keeps_ids_and_commutes_with_the_flip() => Prop.ForAll(SomeMembers.ToArbitrary(), members =>
    {
        var union = SkeletonUnion.Of(members);
        return Enumerable.Range(0, members.Length).All(m =>
        {
            var map = union.MapOf(m);
            return Enumerable.Range(0, members[m].Count).All(j =>
                union.Union.Joints[map[j]].Id == members[m].Joints[j].Id
                && map[members[m].SwapIndices[j]] == union.Union.SwapIndices[map[j]]);
        });
    }).Holds();

    [Fact]
    public void The_first_members_limbs_all_stay_in_the_unions_tree() => Prop.ForAll(SomeMembers.ToArbitrary(), members =>
    {
        var union = SkeletonUnion.Of(members);
        var map = union.MapOf(0);
        var parents = union.Union.ParentIndices;
        return Enumerable.Range(0, members[0].Count).Where(j => members[0].ParentIndices[j] >= 0).All(j =>
            (map[j], map[members[0].ParentIndices[j]]) is var (a, b) && (parents[a] == b || parents[b] == a));
    }).Holds();

    [Fact]
    public void Shared_and_unique_joints_part_the_union() => Prop.ForAll(SomeMembers.ToArbitrary(), members =>
    {
        var union = SkeletonUnion.Of(members);
        var all = union.Shared.Concat(Enumerable.Range(0, members.Length).SelectMany(m => union.UniqueOf(m))).Order();
        return all.SequenceEqual(Enumerable.Range(0, union.Union.Count));
    }).Holds();

    [Fact]
    public void A_mapping_and_its_reverse_agree() => Prop.ForAll(Gen.Elements(All).Two().ToArbitrary(), pair =>
    {
        var there = JointMapping.Between(pair.Item1, pair.Item2);
        var back = JointMapping.Between(pair.Item2, pair.Item1);
        return there.TargetOf.SequenceEqual(back.SourceOf) && there.SourceOf.SequenceEqual(back.TargetOf) && there.Shared == back.Shared;
    }).Holds();
}
