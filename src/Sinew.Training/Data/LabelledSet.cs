using Sinew.Annotations;
using Sinew.Files;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Training.Data;

/// <summary>A data set of photographs with an annotation file.</summary>
public sealed class LabelledSet : TrainingSet
{
    private readonly PictureFolder _images;
    private readonly int[] _people;
    private readonly ImageCache _cache;

    /// <summary>Prepares a set; pictures are read when they are needed.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="data">Its annotations, in its own skeleton.</param>
    /// <param name="images">The folder that the image names are relative to, of loose files or shards.</param>
    /// <param name="people">The rows to use.</param>
    /// <param name="student">The student's skeleton.</param>
    /// <param name="cache">Where decoded pictures may stay.</param>
    public LabelledSet(string name, PoseData data, string images, int[] people, Skeleton student, ImageCache cache)
        : base(name, SkeletonOf(data), student) => (Data, _images, _people, _cache) = (data, new PictureFolder(images), people, cache);

    /// <inheritdoc/>
    public override int Count => _people.Length;

    /// <inheritdoc/>
    public override PoseData Data { get; }

    /// <inheritdoc/>
    public override int RowOf(int person) => _people[person];

    /// <inheritdoc/>
    public override TrainingPerson Person(int person)
    {
        var row = _people[person];
        return new TrainingPerson(Picture(row), Data.People.Boxes[row], Data.KeypointsOf(row), Data.StatesOf(row), owned: false);
    }

    /// <inheritdoc/>
    public override Image Picture(int row) => _cache.Get(_images, NameOf(row));

    /// <inheritdoc/>
    public override void Check()
    {
        if (_people.Length == 0) throw new SinewException($"data set '{Name}': no person has enough labelled joints");
        var first = NameOf(_people[0]);
        if (!_images.Has(first)) throw new SinewException($"data set '{Name}': {_images.PathOf(first)} is missing: set the data set's 'images' to the folder of its pictures");
    }

    private string NameOf(int row) => Data.Images.FileNames[Data.People.Image[row]];

    private static Skeleton SkeletonOf(PoseData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Skeleton;
    }
}
