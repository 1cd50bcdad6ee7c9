namespace Sinew.Evaluation;

/// <summary>
/// People and predictions grouped by image. Images stand in the order of their ids and rows keep the order of their
/// file, as in pycocotools, because the order decides between equal scores.
/// </summary>
internal sealed class ImageGroups
{
    private readonly int[] _people;
    private readonly int[] _peopleStarts;
    private readonly int[] _predictionStarts;
    private readonly int[] _predictionCounts;

    private ImageGroups(int[] rows, int[] people, int[] peopleStarts, int[] predictions, int[] predictionStarts)
    {
        (Rows, _people, _peopleStarts, Predictions, _predictionStarts) = (rows, people, peopleStarts, predictions, predictionStarts);
        _predictionCounts = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) _predictionCounts[i] = predictionStarts[i + 1] - predictionStarts[i];
    }

    /// <summary>How many images there are.</summary>
    internal int Count => Rows.Length;

    /// <summary>Each image's row in <see cref="PoseLabels.ImageIds"/>, by rising id.</summary>
    internal int[] Rows { get; }

    /// <summary>Rows of the predictions, image by image.</summary>
    internal int[] Predictions { get; }

    internal static ImageGroups Of(PoseLabels truth, PoseResults predictions, Func<int, bool> takes)
    {
        var (ids, rows) = (truth.ImageIds.AsSpan().ToArray(), new int[truth.ImageIds.Length]);
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        Array.Sort(ids, rows);
        var place = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) place[rows[i]] = i;
        var imageOf = new Dictionary<long, int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            if (!imageOf.TryAdd(ids[i], i)) throw new SinewException($"labels: image id {ids[i]} occurs twice; remove one of the images");
        }

        var (people, peopleStarts) = Group(truth.Count, rows.Length, p => place[truth.Image[p]]);
        var (slots, starts) = Group(
            predictions.Count,
            rows.Length,
            row => !takes(row)
                ? -1
                : imageOf.TryGetValue(predictions.ImageIds[row], out var image)
                    ? image
                    : throw new SinewException(
                        $"predictions: record {row} is for image {predictions.ImageIds[row]}, which the labels do not have; " +
                        "score them with the labels of the same images"));
        return new ImageGroups(rows, people, peopleStarts, slots, starts);
    }

    /// <summary>Rows of the people of an image.</summary>
    internal ReadOnlySpan<int> PeopleOf(int image) => _people.AsSpan(_peopleStarts[image].._peopleStarts[image + 1]);

    /// <summary>Where an image's ranked predictions lie in <see cref="Predictions"/>.</summary>
    internal (int Start, int Count) SlotsOf(int image) => (_predictionStarts[image], _predictionCounts[image]);

    internal int CountPredictions() => _predictionCounts.Sum();

    /// <summary>Sorts each image's predictions by falling score and keeps the first ones.</summary>
    /// <param name="scores">A score per row of the predictions.</param>
    /// <param name="most">How many of an image are kept.</param>
    internal void RankPredictions(double[] scores, int most)
    {
        for (var image = 0; image < Count; image++)
        {
            ScoreOrder.Sort(Predictions.AsSpan(_predictionStarts[image].._predictionStarts[image + 1]), scores);
            _predictionCounts[image] = Math.Min(_predictionCounts[image], most);
        }
    }

    private static (int[] Rows, int[] Starts) Group(int count, int images, Func<int, int> imageOf)
    {
        var (image, starts) = (new int[count], new int[images + 1]);
        for (var row = 0; row < count; row++)
        {
            image[row] = imageOf(row);
            if (image[row] >= 0) starts[image[row] + 1]++;
        }

        for (var i = 0; i < images; i++) starts[i + 1] += starts[i];
        var (next, rows) = (starts.AsSpan().ToArray(), new int[starts[images]]);
        for (var row = 0; row < count; row++)
        {
            if (image[row] >= 0) rows[next[image[row]]++] = row;
        }

        return (rows, starts);
    }
}
