using FsCheck;
using FsCheck.Fluent;
using Sinew.TestSupport;
using Sinew.Yaml;

namespace Sinew.Tests;

public class NearestTests
{
    [Theory]
    [InlineData("tran", "train")]
    [InlineData("tarin", "train")]
    [InlineData("skelton", "skeleton")]
    [InlineData("evla", "eval")]
    [InlineData("xyzzy", null)]
    [InlineData("ab", null)]
    public void FindsTheWordThatWasMeant(string typed, string? meant) =>
        Assert.Equal(meant, Nearest.Of(typed, ["train", "eval", "skeleton", "predict"]));

    [Fact]
    public void DistanceIsZeroOnlyForEqualWordsAndSymmetric() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>>(),
            ArbMap.Default.ArbFor<NonNull<string>>(),
            (a, b) =>
            {
                var distance = Nearest.Distance(a.Get, b.Get);
                return distance == Nearest.Distance(b.Get, a.Get)
                    && (distance == 0) == (a.Get == b.Get)
                    && distance <= Math.Max(a.Get.Length, b.Get.Length);
            }).Holds();
}
