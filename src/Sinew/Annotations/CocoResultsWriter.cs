using System.Text.Json;
using Sinew.Files;
using Sinew.Geometry;

namespace Sinew.Annotations;

/// <summary>
/// Writes predictions one by one as COCO results: a list of <c>image_id</c>, <c>category_id</c>, <c>keypoints</c> (x, y, score per joint) and
/// <c>score</c>. The file appears, whole, when <see cref="Complete"/> is called; disposed of before, it leaves nothing behind.
/// </summary>
public sealed class CocoResultsWriter : IDisposable
{
    /// <summary>COCO's category of people.</summary>
    public const long PersonCategory = 1;

    private const int FlushAt = 1 << 16;

    private readonly BesideFile _file;
    private readonly Utf8JsonWriter _json;
    private readonly string _path;
    private readonly long _category;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; one that is there is replaced at the end.</param>
    /// <param name="category">The people's category in the labels (<see cref="PoseData.Category"/>): scoring leaves out predictions of another.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public CocoResultsWriter(string path, long category = PersonCategory)
    {
        ArgumentNullException.ThrowIfNull(path);
        (_path, _category) = (path, category);
        _file = new BesideFile(path);
        _json = new Utf8JsonWriter(_file.Stream);
        _json.WriteStartArray();
    }

    /// <summary>Writes one person.</summary>
    /// <param name="imageId">The image's id.</param>
    /// <param name="keypoints">x, y per joint, <c>[K, 2]</c>, image pixels.</param>
    /// <param name="jointScores">One score per joint, <c>[K]</c>.</param>
    /// <param name="score">The person's score.</param>
    /// <param name="box">The person's box, image pixels; null leaves it out.</param>
    /// <param name="annotationId">Id of the labelled person that the prediction was made for; null leaves it out.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    /// <exception cref="SinewException">A number is not finite.</exception>
    public void Add(long imageId, ReadOnlySpan<float> keypoints, ReadOnlySpan<float> jointScores, double score, Box? box = null, long? annotationId = null)
    {
        if (keypoints.Length != jointScores.Length * 2)
        {
            throw new ArgumentException($"{jointScores.Length} joints need twice as many coordinates, not {keypoints.Length}");
        }

        try
        {
            _json.WriteStartObject();
            _json.WriteNumber("image_id", imageId);
            _json.WriteNumber("category_id", _category);
            _json.WriteStartArray("keypoints");
            for (var j = 0; j < jointScores.Length; j++)
            {
                _json.WriteNumberValue(keypoints[2 * j]);
                _json.WriteNumberValue(keypoints[(2 * j) + 1]);
                _json.WriteNumberValue(jointScores[j]);
            }

            _json.WriteEndArray();
            _json.WriteNumber("score", score);
            if (annotationId is { } id) _json.WriteNumber("annotation_id", id);
            if (box is { } b)
            {
                _json.WriteStartArray("bbox");
                _json.WriteNumberValue(b.X);
                _json.WriteNumberValue(b.Y);
                _json.WriteNumberValue(b.Width);
                _json.WriteNumberValue(b.Height);
                _json.WriteEndArray();
            }

            _json.WriteEndObject();
        }
        catch (ArgumentException e)
        {
            throw new SinewException($"{_path}: a prediction on image {imageId} is not finite, which JSON cannot hold", e);
        }

        if (_json.BytesPending > FlushAt) _json.Flush();
    }

    /// <summary>Ends the file and puts it in its place.</summary>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.Flush();
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What was not completed must not be flushed by the writer into a file that is to vanish.
        _json.Reset(Stream.Null);
        _json.Dispose();
        _file.Dispose();
    }
}
