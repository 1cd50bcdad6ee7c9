using System.Threading.Channels;
using Sinew.Cli.Frame;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Predict;

/// <summary>What a run came to.</summary>
/// <param name="Pictures">Pictures and frames with their people.</param>
/// <param name="People">People found.</param>
/// <param name="Inputs">Inputs finished, the failed ones included.</param>
/// <param name="DoneBefore">Inputs that an earlier run had finished.</param>
/// <param name="Failed">What failed, and why.</param>
/// <param name="Unknown">Pictures that the file with the boxes does not know.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record PredictOutcome(
    long Pictures, long People, int Inputs, int DoneBefore, IReadOnlyList<(string Name, string Error)> Failed, int Unknown, TimeSpan Elapsed);

/// <summary>
/// Finds the poses of all inputs: pictures are decoded, people detected, joints estimated and results drawn and written at the same time, each a
/// few pictures ahead of the next. Results come in the inputs' order.
/// </summary>
internal sealed class PredictRun(PredictOptions options, PredictModel model, PersonDetector? detector, KnownBoxes? known, PredictJournal journal, Terminal terminal)
{
    // Long enough that nobody waits for one slow picture, short enough that large pictures fit into memory.
    private const int Ahead = 4;

    // Pictures of few people share a run of the network.
    private const int PeopleAtOnce = 8;

    private readonly SkeletonStyle _style = SkeletonStyle.Default with { MinScore = options.MinScore };
    private readonly bool _drawBoxes = detector is not null || known is not null || model.FindsPeople;
    private PoseFollower? _follower;
    private int _unknown;

    /// <summary>Runs until all inputs are done or the run is interrupted, which keeps what is done.</summary>
    public async Task<PredictOutcome> RunAsync(PredictInputs inputs, CancellationToken cancel)
    {
        using var pipeline = new Pipeline();
        var progress = new ProgressLine(terminal);
        using var writer = new ResultWriter(journal, terminal, progress);
        var decoded = Pipeline.Queue<Task<Shot>>(Ahead);
        var estimated = Pipeline.Queue<Task<Shot>>(Ahead);
        var reader = new ShotReader(options, journal.IsDone, cancel, pipeline.Broken);
        pipeline.Start(() => reader.ReadAsync(inputs.All(), decoded.Writer), decoded.Writer);
        if (options.Apart) StartApart(pipeline, decoded.Reader, estimated.Writer);
        else StartTogether(pipeline, decoded.Reader, estimated.Writer);
        pipeline.Start<Shot>(
            () =>
            {
                foreach (var drawing in pipeline.Drain(estimated.Reader))
                {
                    using var shot = pipeline.Wait(drawing);
                    writer.Take(shot);
                }
            },
            null);
        // how many there are is told when it is known; folders are large
        var counting = Task.Run(() => writer.All = inputs.All().LongCount(), CancellationToken.None);
        await pipeline.FinishAsync().ConfigureAwait(false);
        progress.Clear();
        _ = counting;
        return new PredictOutcome(writer.Pictures, writer.People, writer.Finished, reader.Skipped, writer.Failed, _unknown, progress.Elapsed);
    }

    /// <summary>One picture after the other: the next one's people are detected while the joints of this one's are estimated.</summary>
    private void StartTogether(Pipeline pipeline, ChannelReader<Task<Shot>> decoded, ChannelWriter<Task<Shot>> estimated)
    {
        var detected = Pipeline.Queue<Shot>(Ahead);
        pipeline.Start(
            () =>
            {
                foreach (var shot in pipeline.Drain(decoded)) pipeline.Put(detected.Writer, Detect(shot.GetAwaiter().GetResult()));
            },
            detected.Writer);
        pipeline.Start(() => EstimateAll(pipeline, detected.Reader, estimated), estimated);
    }

    /// <summary>As many pictures at once as there are cores. Their results stand in the queue in the pictures' order before they are there.</summary>
    private void StartApart(Pipeline pipeline, ChannelReader<Task<Shot>> decoded, ChannelWriter<Task<Shot>> estimated)
    {
        var open = Pipeline.SharedQueue<(Task<Shot> Picture, TaskCompletionSource<Shot> Result)>(1);
        pipeline.Start(
            () =>
            {
                foreach (var picture in pipeline.Drain(decoded))
                {
                    var result = new TaskCompletionSource<Shot>(TaskCreationOptions.RunContinuationsAsynchronously);
                    pipeline.Put(estimated, result.Task);
                    pipeline.Put(open.Writer, (picture, result));
                }

                estimated.Complete();
            },
            open.Writer);
        for (var core = 0; core < Environment.ProcessorCount; core++)
        {
            pipeline.Start<Shot>(
                () =>
                {
                    foreach (var (picture, result) in pipeline.Drain(open.Reader)) Finish(picture, result);
                },
                null);
        }
    }

    private void Finish(Task<Shot> picture, TaskCompletionSource<Shot> result)
    {
        try
        {
            var shot = Detect(picture.GetAwaiter().GetResult());
            Estimate([shot]);
            DrawNow(shot);
            result.SetResult(shot);
        }
        catch (Exception e)
        {
            // the writer waits for it
            result.TrySetException(e);
            throw;
        }
    }

    private Shot Detect(Shot shot)
    {
        if (shot.Image is not { } image || model.FindsPeople) return shot;
        try
        {
            if (known is not null && shot.Frame < 0)
            {
                shot.Known = known.Of(shot.Input.Name);
                shot.Boxes = shot.Known?.Boxes ?? [];
                if (shot.Known is null) Interlocked.Increment(ref _unknown);
            }
            else if (!options.Follows || shot.Frame < 0 || shot.Frame % options.DetectEvery == 0)
            {
                shot.IsGuess = detector is null;
                shot.Boxes = detector?.Detect(image) ?? [new Detection(new Box(0, 0, image.Width, image.Height), 1)];
            }
        }
        catch (SinewException e)
        {
            (shot.Error, shot.Boxes) = (e.Message, []);
        }

        return shot;
    }

    private void EstimateAll(Pipeline pipeline, ChannelReader<Shot> from, ChannelWriter<Task<Shot>> to)
    {
        var waiting = new List<Shot>();
        var people = 0;
        foreach (var shot in pipeline.Drain(from))
        {
            waiting.Add(shot);
            people += shot.Boxes?.Count ?? 0;
            // nobody waits for pictures that are not there yet
            var followed = options.Follows && shot.Frame >= 0;
            if (!followed && people < PeopleAtOnce && waiting.Count < Ahead && from.TryPeek(out _)) continue;
            Estimate(waiting);
            foreach (var one in waiting) pipeline.Put(to, Draw(one));
            waiting.Clear();
            people = 0;
        }
    }

    private void Estimate(List<Shot> shots)
    {
        foreach (var shot in shots) LookWhereTheyWent(shot);
        var seen = shots.Where(s => s.Image is not null && s.Error is null).ToList();
        try
        {
            var people = model.Estimate([.. seen.Select(s => (s.Image!, s.Boxes ?? []))]);
            LookAgain(seen, people);
            for (var i = 0; i < seen.Count; i++) Follow(seen[i], people[i]);
        }
        catch (SinewException) when (seen.Count > 1)
        {
            // one picture's box, perhaps: each on its own then
            foreach (var shot in seen) Estimate([shot]);
        }
        catch (SinewException e)
        {
            seen[0].Error = e.Message;
        }
    }

    /// <summary>Where nobody said where the person is: now that joints were found there is a better box than the whole picture.</summary>
    private void LookAgain(List<Shot> shots, PosePerson[][] people)
    {
        var again = new List<(int Shot, Box Box)>();
        for (var i = 0; i < shots.Count; i++)
        {
            if (shots[i].IsGuess && people[i] is [var guessed] && guessed.BoxOfJoints() is { } box) again.Add((i, box));
        }

        if (again.Count == 0) return;
        var found = model.Estimate([.. again.Select(a => (shots[a.Shot].Image!, (IReadOnlyList<Detection>)[new Detection(a.Box, 1)]))]);
        for (var i = 0; i < again.Count; i++) people[again[i].Shot] = found[i];
    }

    private void LookWhereTheyWent(Shot shot)
    {
        if (!options.Follows || shot.Frame < 0 || shot.Image is not { } image) return;
        if (shot.Frame == 0)
        {
            _follower = new PoseFollower(
                model.Skeleton, new FollowerOptions { DetectEvery = options.DetectEvery, Smoothing = options.Smooth ? new OneEuroOptions() : null });
        }

        if (!model.FindsPeople && !_follower!.Detects) (shot.Boxes, shot.IsGuess) = (_follower.Boxes(image.Width, image.Height), false);
    }

    private void Follow(Shot shot, PosePerson[] people)
    {
        shot.People = people;
        if (!options.Follows || shot.Frame < 0) return;
        var followed = _follower!.Add(people, shot.Seconds);
        shot.People = [.. followed.Select(f => f.Person)];
        if (options.Track) shot.Ids = [.. followed.Select(f => f.Id)];
    }

    private Task<Shot> Draw(Shot shot) => shot.DrawTo is null ? Task.FromResult(shot) : Task.Run(() =>
    {
        DrawNow(shot);
        return shot;
    });

    private void DrawNow(Shot shot)
    {
        if (shot.DrawTo is not { } path || shot.Image is null || shot.Error is not null) return;
        PoseDrawing.Draw(shot, model.Skeleton, _style, _drawBoxes);
        if (shot.Frame >= 0) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ImageEncoder.Save(shot.Image, path);
        }
        catch (Exception e) when (e is SinewException or IOException or UnauthorizedAccessException && !DiskFull.Is(e))
        {
            shot.Error = $"{shot.Input.Name}: cannot be drawn: {e.Message}";
        }
    }
}
