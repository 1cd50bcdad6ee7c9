using Sinew.Geometry;

namespace Sinew.Tests.Geometry;

public class BoxTests
{
    [Fact]
    public void Clipping_keeps_edges_on_pixels_of_the_image()
    {
        Assert.Equal(new Box(0, 5, 9, 14), new Box(-3, 5, 20, 30).ClippedTo(10, 20));
        Assert.Equal(new Box(9, 0, 0, 3), new Box(50, -2, 5, 5).ClippedTo(10, 20));
    }

    [Fact]
    public void A_box_on_an_image_of_unknown_size_stays_as_it_is() => Assert.Equal(new Box(-1, 2, 3, 4), new Box(-1, 2, 3, 4).ClippedTo(0, 0));
}
