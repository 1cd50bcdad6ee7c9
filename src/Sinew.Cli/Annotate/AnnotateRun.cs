using Sinew.Cli.Frame;
using Sinew.Cli.Predict;
using Sinew.Files;
using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Annotate;

/// <summary>Asks a model about the people of a label file, picture by picture.</summary>
internal sealed class AnnotateRun(PredictModel model, string images, AnnotateJournal journal, Terminal terminal)
{
    private const int Ahead = 4;

    private readonly PictureFolder _pictures = new(images);
    private readonly MemoryGate _memory = new(MemoryGate.MostPixelBytes);
    private readonly List<string> _missing = [];
    private readonly List<string> _refused = [];

    /// <summary>Pictures that could not be read, and why.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>People whom the model could not be asked about, or of whom it said what is no joint, and why.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Predicts people.</summary>
    /// <param name="people">Whose predictions are filled in.</param>
    /// <param name="rows">Which of them.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task PredictAsync(AnnotatedPeople people, IReadOnlyCollection<int> rows, CancellationToken cancel)
    {
        var data = people.Data;
        using var pipeline = new Pipeline();
        var progress = new ProgressLine(terminal);
        var decoded = Pipeline.Queue<Task<DecodedPicture>>(Ahead);
        pipeline.Start(
            async () =>
            {
                foreach (var group in rows.GroupBy(p => data.People.Image[p]))
                {
                    cancel.ThrowIfCancellationRequested();
                    await decoded.Writer.WriteAsync(await DecodeAsync([.. group], data.Images.FileNames[group.Key], pipeline.Broken).ConfigureAwait(false), pipeline.Broken).ConfigureAwait(false);
                }
            },
            decoded.Writer);
        pipeline.Start<object>(
            () =>
            {
                var done = 0;
                foreach (var task in pipeline.Drain(decoded.Reader))
                {
                    var (persons, image, error, bytes) = task.GetAwaiter().GetResult();
                    using (image)
                    {
                        if (image is null) _missing.Add(error!);
                        else Take(people, persons, image);
                    }

                    _memory.Leave(bytes);

                    done += persons.Length;
                    progress.Tell("people", journal.DoneBefore + done, journal.DoneBefore + rows.Count, done, done);
                }
            },
            null);
        await pipeline.FinishAsync().ConfigureAwait(false);
        progress.Clear();
    }

    private void Take(AnnotatedPeople people, int[] persons, Image image)
    {
        PosePerson[] found;
        try
        {
            found = model.Estimate([(image, [.. persons.Select(p => new Detection(people.Data.People.Boxes[p], 1))])])[0];
        }
        catch (SinewException) when (persons.Length > 1)
        {
            // one person's box, perhaps: each on their own then
            foreach (var person in persons) Take(people, [person], image);
            return;
        }
        catch (SinewException e)
        {
            _refused.Add($"annotation {people.Data.People.Ids[persons[0]]} of {people.Data.Images.FileNames[people.Data.People.Image[persons[0]]]}: {e.Message}");
            return;
        }

        for (var i = 0; i < persons.Length; i++)
        {
            var (keypoints, scores) = (found[i].Keypoints, found[i].Scores);
            var joints = new float[scores.Length * 3];
            for (var j = 0; j < scores.Length; j++) (joints[3 * j], joints[(3 * j) + 1], joints[(3 * j) + 2]) = (keypoints[2 * j], keypoints[(2 * j) + 1], scores[j]);
            people.Set(persons[i], joints, image.Width, image.Height);
            journal.Add(persons[i], joints, image.Width, image.Height);
        }
    }

    /// <summary>Begins to decode a picture as soon as there is room for it.</summary>
    private async Task<Task<DecodedPicture>> DecodeAsync(int[] people, string name, CancellationToken broken)
    {
        long bytes;
        try
        {
            var header = ImageDecoder.Identify(_pictures, name);
            bytes = MemoryGate.BytesOf(header.Width, header.Height);
        }
        catch (SinewException e)
        {
            return Task.FromResult(new DecodedPicture(people, null, e.Message, 0));
        }

        await _memory.EnterAsync(bytes, broken).ConfigureAwait(false);
        return Task.Run(
            () =>
            {
                try
                {
                    return new DecodedPicture(people, ImageDecoder.Decode(_pictures, name), null, bytes);
                }
                catch (SinewException e)
                {
                    return new DecodedPicture(people, null, e.Message, bytes);
                }
            },
            broken);
    }

    /// <summary>A picture in memory, or why it is not.</summary>
    private sealed record DecodedPicture(int[] People, Image? Image, string? Error, long Bytes);
}
