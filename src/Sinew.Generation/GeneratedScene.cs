using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Generation;

/// <summary>Whether a joint can be seen.</summary>
public enum JointSight : byte
{
    /// <summary>Outside the picture.</summary>
    Outside,

    /// <summary>Behind somebody, something, or the person's own body.</summary>
    Hidden,

    /// <summary>In sight.</summary>
    Visible,
}

/// <summary>One person of a generated picture, with nothing but the truth.</summary>
public sealed class GeneratedPerson
{
    internal GeneratedPerson(float[] positions, JointSight[] sights, Box box, int area, string pose) =>
        (Positions, Sights, Box, Area, Pose) = (positions, sights, box, area, pose);

    /// <summary>Canonical ids of the joints, in the order of <see cref="Positions"/>.</summary>
    public static IReadOnlyList<string> JointIds => Bodies.BodyJoints.Ids;

    /// <summary>x, y per joint, image pixels; also of joints outside the picture.</summary>
    public ReadOnlyMemory<float> Positions { get; }

    /// <summary>Per joint whether it can be seen.</summary>
    public ReadOnlyMemory<JointSight> Sights { get; }

    /// <summary>Extent of what is seen of the person, image pixels; without extent where nothing is.</summary>
    public Box Box { get; }

    /// <summary>Pixels that show the person.</summary>
    public int Area { get; }

    /// <summary>The kind of pose, such as <c>walk</c>.</summary>
    public string Pose { get; }
}

/// <summary>A generated picture and its people; the first one is the one that the picture is of.</summary>
public sealed class GeneratedScene : IDisposable
{
    internal GeneratedScene(long index, Image image, IReadOnlyList<GeneratedPerson> people, GeneratorDomain look, int jpegQuality) =>
        (Index, Image, People, Look, JpegQuality) = (index, image, people, look, jpegQuality);

    /// <summary>Which scene of its generator this is.</summary>
    public long Index { get; }

    /// <summary>The picture, without the traces of JPEG.</summary>
    public Image Image { get; }

    /// <summary>All people that take part, seen or not.</summary>
    public IReadOnlyList<GeneratedPerson> People { get; }

    /// <summary>Whose look it has: A or B.</summary>
    public GeneratorDomain Look { get; }

    /// <summary>The quality that the picture is written with, 1 to 100, drawn for each scene.</summary>
    public int JpegQuality { get; }

    /// <summary>The picture as a file of <see cref="JpegQuality"/> would give it back.</summary>
    /// <returns>An image of its own.</returns>
    public Image Compressed() => ImageDecoder.Decode(ImageEncoder.Jpeg(Image, JpegQuality), DecodeOptions.Default, "a generated picture");

    /// <inheritdoc/>
    public void Dispose() => Image.Dispose();
}
