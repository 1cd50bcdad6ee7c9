using Sinew.Skeletons;

namespace Sinew.Tests.Skeletons;

public class SkeletonYamlTests
{
    [Fact]
    public void EverySkeletonSurvivesBeingWrittenAndReadAgain()
    {
        foreach (var name in BuiltInSkeletons.Names)
        {
            var skeleton = BuiltInSkeletons.Get(name);
            var again = SkeletonFile.Parse(SkeletonFile.ToYaml(skeleton), name);
            Assert.Equal(skeleton.Name, again.Name);
            Assert.Equal(skeleton.Joints, again.Joints);
            Assert.Equal(skeleton.Limbs, again.Limbs);
            Assert.Equal(skeleton.Parts.Keys, again.Parts.Keys);
            Assert.All(skeleton.Parts, part => Assert.Equal(part.Value, again.Parts[part.Key]));
        }
    }
}
