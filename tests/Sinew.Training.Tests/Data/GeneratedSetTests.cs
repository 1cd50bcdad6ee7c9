using Sinew.Generation;
using Sinew.Skeletons;
using Sinew.Training.Data;
using Sinew.Training.Recipes;

namespace Sinew.Training.Tests.Data;

public class GeneratedSetTests
{
    private static readonly GeneratedOptions Few = new(GeneratorDomain.A, 6, Seed: 4, Width: 96, Height: 128);

    [Fact]
    public void A_person_is_the_same_at_every_turn_and_in_the_columns()
    {
        var body = BuiltInSkeletons.Get("body21");
        var (set, again) = (new GeneratedSet("a", Few, 5, body, (96, 128)), new GeneratedSet("a", Few, 5, body, (96, 128)));
        for (var i = 5; i >= 0; i--)
        {
            using var person = set.Person(i);
            using var same = again.Person(i);
            Assert.Equal(person.Picture.Pixels, same.Picture.Pixels);
            Assert.Equal(person.Keypoints, same.Keypoints);
            Assert.True(person.States.ToArray().Count(s => s >= JointState.Occluded) >= 5);
            Assert.Equal(person.Keypoints, set.Data.KeypointsOf(set.RowOf(i)));
            Assert.Equal(person.States.ToArray(), set.Data.StatesOf(set.RowOf(i)).ToArray());
            Assert.Equal(person.Box, set.Data.People.Boxes[i]);
            using var picture = set.Picture(i);
            Assert.Equal(person.Picture.Pixels, picture.Pixels);
        }

        Assert.Equal((6, 17, 17), (set.Count, set.Mapping.Shared, set.Skeleton.Count));
    }

    [Fact]
    public void Pictures_are_a_little_larger_than_the_students_crops_where_nobody_says_their_size()
    {
        var set = new GeneratedSet("b", new GeneratedOptions(GeneratorDomain.B, 2), 1, BuiltInSkeletons.Get("mpii16"), (100, 200));
        using var person = set.Person(1);

        Assert.Equal((130, 260), (person.Picture.Width, person.Picture.Height));
    }

    [Fact]
    public void People_that_can_never_be_had_are_an_error_and_no_endless_search()
    {
        var set = new GeneratedSet("a", Few, 18, BuiltInSkeletons.Get("coco17"), (96, 128));

        Assert.Contains("fewer than 18 labelled joints", Assert.Throws<SinewException>(set.Check).Message, StringComparison.Ordinal);
    }
}
