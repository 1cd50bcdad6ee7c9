using FsCheck;
using FsCheck.Fluent;
using Sinew.Geometry;
using Sinew.TestSupport;

namespace Sinew.Tests.Geometry;

public class CropGeometryTests
{
    private static readonly Gen<CropGeometry> AnyCrop =
        from x in Gen.Choose(-50, 500)
        from y in Gen.Choose(-50, 500)
        from side in Gen.Choose(10, 800)
        from angle in Gen.Choose(-180, 180)
        from flip in Gen.Elements(true, false)
        select new CropGeometry(x, y, side, side / 2f, angle, 192, 256, flip).WithFixedAspect();

    [Fact]
    public void Maps_joints_as_MMPose_does()
    {
        var expected = Shared.Npz("parity/topdown_affine.npz");
        var (boxes, rotations) = (expected["bbox_xyxy"].Floats(), expected["rotation"].Floats());
        var (joints, mapped) = (expected["keypoints"].Floats(), expected["transformed_keypoints"].Floats());
        for (var p = 0; p < rotations.Length; p++)
        {
            var b = boxes.AsSpan(p * 4, 4);
            var crop = CropGeometry.FromBox(new Box(b[0], b[1], b[2] - b[0], b[3] - b[1]), 192, 256) with { Rotation = rotations[p] };
            Assert.Equal(expected["center"].Floats()[2 * p], crop.CenterX, 1e-3);
            Assert.Equal(expected["scale_after_fix_aspect"].Floats()[(2 * p) + 1], crop.ScaleHeight, 1e-3);
            var map = crop.ImageToCrop();
            for (var j = p * 34; j < (p + 1) * 34; j += 2)
            {
                var (x, y) = map.Apply(joints[j], joints[j + 1]);
                Assert.Equal(mapped[j], x, 2e-3);
                Assert.Equal(mapped[j + 1], y, 2e-3);
            }
        }
    }

    [Fact]
    public void There_and_back_is_nowhere() => Prop.ForAll(AnyCrop.ToArbitrary(), crop =>
    {
        var (u, v) = crop.ImageToCrop().Apply(12, 34);
        var (x, y) = crop.CropToImage().Apply(u, v);
        return Math.Abs(x - 12) < 1e-6 && Math.Abs(y - 34) < 1e-6;
    }).Holds();

    [Fact]
    public void A_flip_mirrors_the_crop() => Prop.ForAll(AnyCrop.ToArbitrary(), crop =>
    {
        var (x, y) = (crop with { Flip = false }).ImageToCrop().Apply(12, 34);
        var (u, v) = (crop with { Flip = true }).ImageToCrop().Apply(12, 34);
        return Math.Abs(crop.Width - 1 - x - u) < 1e-6 && Math.Abs(y - v) < 1e-6;
    }).Holds();

    [Fact]
    public void A_map_after_another_is_both() => Prop.ForAll(AnyCrop.Two().ToArbitrary(), pair =>
    {
        var (first, second) = (pair.Item1.ImageToCrop(), pair.Item2.ImageToCrop());
        var (x, y) = first.Apply(5, 6);
        var (u, v) = second.Apply(x, y);
        var (s, t) = second.After(first).Apply(5, 6);
        return Math.Abs(u - s) < 1e-6 && Math.Abs(v - t) < 1e-6;
    }).Holds();
}
