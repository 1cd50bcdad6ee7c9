using Sinew.Annotations;
using Sinew.Skeletons;
using Sinew.Training.Recipes;

namespace Sinew.Training.Data;

/// <summary>Reads the annotation files that recipes name.</summary>
public static class AnnotationFiles
{
    /// <summary>Reads a data set's annotations.</summary>
    /// <param name="options">Which file, which skeleton, what to do with bad records.</param>
    /// <param name="say">Called with a line where records were left out.</param>
    /// <exception cref="SinewException">The file is missing or wrong.</exception>
    public static PoseData Load(DatasetOptions options, Action<string>? say)
    {
        ArgumentNullException.ThrowIfNull(options);
        var data = AnnotationReader.Read(
            options.Annotations,
            new ReadOptions
            {
                Skeleton = options.Skeleton is { } name ? SkeletonFile.Resolve(name) : null,
                OnBad = options.SkipBad ? OnBad.Skip : OnBad.Fail,
            },
            out var report);
        if (report.People == 0 && report.Incomplete > 0)
            throw new SinewException($"{options.Annotations}: of {report.Records} records none is a person's: {report.Incomplete} lack the joints ('keypoints') or the box ('bbox')");
        if (report.Bad > 0) say?.Invoke($"{options.Name}: left out {report.Bad} bad records of {report.Records}, first: {report.Messages[0]}");
        return data;
    }

    /// <summary>The people to learn from or to score: no crowds, a box with an extent, enough labelled joints.</summary>
    /// <param name="data">The annotations.</param>
    /// <param name="minimumJoints">Labelled joints that a person must have.</param>
    /// <returns>Rows of people.</returns>
    public static int[] Usable(PoseData data, int minimumJoints)
    {
        ArgumentNullException.ThrowIfNull(data);
        var rows = new List<int>(data.People.Count);
        for (var row = 0; row < data.People.Count; row++)
        {
            var box = data.People.Boxes[row];
            if (data.People.Crowd[row] || !(box.Width > 0) || !(box.Height > 0)) continue;
            var labelled = 0;
            foreach (var state in data.StatesOf(row)) labelled += state >= JointState.Occluded ? 1 : 0;
            if (labelled >= minimumJoints) rows.Add(row);
        }

        return [.. rows];
    }
}
