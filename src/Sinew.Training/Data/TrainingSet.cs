using Sinew.Annotations;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Training.Data;

/// <summary>One data set of a training: its annotations, where its pictures lie, and how its joints map into the student's.</summary>
public sealed class TrainingSet
{
    private readonly string _images;
    private readonly ImageCache _cache;

    /// <summary>Prepares a set; pictures are read when they are needed.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="data">Its annotations, in its own skeleton.</param>
    /// <param name="images">The folder that the image names are relative to.</param>
    /// <param name="people">The rows to use.</param>
    /// <param name="student">The student's skeleton.</param>
    /// <param name="cache">Where decoded pictures may stay.</param>
    public TrainingSet(string name, PoseData data, string images, int[] people, Skeleton student, ImageCache cache)
    {
        (Name, Data, _images, People, _cache) = (name, data, images, people, cache);
        Mapping = JointMapping.Between(data.Skeleton, student);
    }

    /// <summary>Short name.</summary>
    public string Name { get; }

    /// <summary>The annotations, in the set's own skeleton.</summary>
    public PoseData Data { get; }

    /// <summary>The rows of <see cref="Data"/> that are used.</summary>
    public int[] People { get; }

    /// <summary>From the set's joints to the student's.</summary>
    public JointMapping Mapping { get; }

    /// <summary>The picture of one person, upright; nobody may change or dispose it.</summary>
    /// <param name="row">Row of the person in <see cref="Data"/>.</param>
    public Image Picture(int row) => _cache.Get(Path.Combine(_images, Data.Images.FileNames[Data.People.Image[row]]));

    /// <summary>Refuses a set whose pictures are not where the recipe says, before hours are spent on it.</summary>
    /// <exception cref="SinewException">The folder or the first used picture is missing.</exception>
    public void CheckPictures()
    {
        if (People.Length == 0) throw new SinewException($"data set '{Name}': no person has enough labelled joints");
        var first = Path.Combine(_images, Data.Images.FileNames[Data.People.Image[People[0]]]);
        if (!File.Exists(first)) throw new SinewException($"data set '{Name}': {first} is missing: set the data set's 'images' to the folder of its pictures");
    }
}
