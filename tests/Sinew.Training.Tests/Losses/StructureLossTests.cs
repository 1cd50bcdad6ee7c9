using Sinew.Tensors;
using Sinew.Training.Losses;

namespace Sinew.Training.Tests.Losses;

public class StructureLossTests
{
    private static readonly float[] Pose = [10, 10, 50, 12, 30, 60, 34, 90];
    private static readonly long[] From = [0, 1, 2];
    private static readonly long[] To = [1, 2, 3];

    [Fact]
    public void A_moved_pose_has_the_same_structure()
    {
        Assert.Equal(0, Loss(Pose, Pose, [1, 1, 1, 1]), 1e-6);
        Assert.Equal(0, Loss([.. Pose.Select(p => p + 17)], Pose, [1, 1, 1, 1]), 1e-6);
    }

    [Fact]
    public void Lengths_and_directions_are_what_the_formula_says()
    {
        float[] turned = [.. Enumerable.Range(0, 4).SelectMany(j => new[] { -Pose[(2 * j) + 1], Pose[2 * j] })];
        float[] twice = [.. Pose.Select(p => 2 * p)];
        Assert.Equal(Plain(turned, 0, 1), Loss(turned, Pose, [1, 1, 1, 1], 0, 1), 1e-4);
        Assert.Equal(0, Loss(turned, Pose, [1, 1, 1, 1], 1, 0), 1e-5);
        Assert.Equal(Plain(twice, 1, 0), Loss(twice, Pose, [1, 1, 1, 1], 1, 0), 1e-4);
        Assert.Equal(0, Loss(twice, Pose, [1, 1, 1, 1], 0, 1), 1e-5);
    }

    [Fact]
    public void Joints_that_the_teacher_does_not_know_carry_nothing()
    {
        using var scope = new TensorScope();
        var student = Tensor.FromArray<float>([3, 4, 80, 1, 5, 5, 0, 70], 1, 4, 2);
        student.RequiresGrad = true;
        StructureLoss.Of(student, T(Pose), Tensor.FromArray<float>([1, 1, 1, 0], 1, 4), Index(From), Index(To), 1, 1).Backward();
        var gradient = student.Grad!.ToArray<float>();
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
        Assert.NotEqual(0, gradient[0]);
        Assert.Equal([0, 0], gradient[6..]);
    }

    [Fact]
    public void A_pose_in_one_point_and_nobody_known_are_numbers()
    {
        using var scope = new TensorScope();
        var student = Tensor.Zeros([2, 4, 2]);
        student.RequiresGrad = true;
        var loss = StructureLoss.Of(student, Tensor.Zeros([2, 4, 2]), Tensor.FromArray<float>([1, 1, 1, 1, 0, 0, 0, 0], 2, 4), Index(From), Index(To), 1, 1);
        loss.Backward();
        Assert.True(double.IsFinite(loss.Item()));
        Assert.All(student.Grad!.ToArray<float>(), g => Assert.True(float.IsFinite(g)));
    }

    // the formula again, limb by limb
    private static double Plain(float[] student, double length, double direction)
    {
        var (cx, cy) = (Enumerable.Range(0, 4).Average(j => Pose[2 * j]), Enumerable.Range(0, 4).Average(j => Pose[(2 * j) + 1]));
        var size = Math.Sqrt(Enumerable.Range(0, 4).Average(j => Math.Pow(Pose[2 * j] - cx, 2) + Math.Pow(Pose[(2 * j) + 1] - cy, 2)) + 1);
        var sum = 0.0;
        for (var l = 0; l < From.Length; l++)
        {
            (double X, double Y) Vector(float[] pose) => (pose[2 * To[l]] - pose[2 * From[l]], pose[(2 * To[l]) + 1] - pose[(2 * From[l]) + 1]);
            var (u, v) = (Vector(student), Vector(Pose));
            var (lu, lv) = (Math.Sqrt((u.X * u.X) + (u.Y * u.Y)), Math.Sqrt((v.X * v.X) + (v.Y * v.Y)));
            sum += length * Math.Pow((lu - lv) / size, 2);
            sum += direction * (lv * lv / ((lv * lv) + (size * size / 100))) * (1 - (((u.X * v.X) + (u.Y * v.Y)) / (lu * lv)));
        }

        return sum / From.Length;
    }

    private static double Loss(float[] student, float[] teacher, float[] weight, double length = 1, double direction = 1)
    {
        using var scope = new TensorScope();
        return StructureLoss.Of(T(student), T(teacher), Tensor.FromArray<float>(weight, 1, 4), Index(From), Index(To), length, direction).Item();
    }

    private static Tensor T(float[] pose) => Tensor.FromArray<float>(pose, 1, 4, 2);

    private static Tensor Index(long[] joints) => Tensor.FromArray<long>(joints, joints.Length);
}
