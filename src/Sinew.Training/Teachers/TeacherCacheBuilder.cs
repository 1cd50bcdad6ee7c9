using System.Runtime.ExceptionServices;
using Sinew.Annotations;
using Sinew.Geometry;

namespace Sinew.Training.Teachers;

/// <summary>Reads one person's crop. Called by several threads at once, each person's neighbours in the same image one after the other.</summary>
/// <param name="person">Row of the person.</param>
/// <param name="crop">The crop that is wanted.</param>
/// <param name="rgb">Receives 8-bit RGB, <c>[Height, Width, 3]</c>.</param>
/// <returns>False where the picture cannot be had: the person then has nothing from the teacher.</returns>
public delegate bool CropReader(int person, CropGeometry crop, Span<byte> rgb);

/// <summary>How a cache is made.</summary>
public sealed record TeacherCacheOptions
{
    /// <summary>
    /// Factor on the sides of the person's box; null for what the teacher was trained on. It need not grow with the augmentation: a
    /// person's joints lie in the box, whatever the student's crop shows of the surroundings.
    /// </summary>
    public float? Padding { get; init; }

    /// <summary>Threads that crop and ask the teacher.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Crops that are shown to the teacher at once.</summary>
    public int Batch { get; init; } = 8;
}

/// <summary>Opens caches of teachers' outputs, and makes them where they are missing.</summary>
public static class TeacherCacheBuilder
{
    /// <summary>
    /// The cache of a teacher's outputs for the people of a data set: read from the folder, or made and written there. A build that
    /// was broken off, even killed, is gone on with.
    /// </summary>
    /// <param name="folder">The folder of caches; made where it is missing.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">The people.</param>
    /// <param name="read">Reads a person's crop.</param>
    /// <param name="options">How the cache is made; null for the defaults.</param>
    /// <param name="progress">Told people done and people in all, now and then, by one thread at a time.</param>
    /// <param name="cancellation">Breaks the build off; what is done is kept.</param>
    /// <exception cref="SinewException">The cache is damaged, another process is making it, or a picture can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was broken off.</exception>
    public static TeacherCache OpenOrBuild(
        string folder, ITeacher teacher, PoseData data, CropReader read, TeacherCacheOptions? options = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        options ??= new TeacherCacheOptions();
        ArgumentNullException.ThrowIfNull(teacher);
        var padding = options.Padding ?? teacher.Padding;
        var key = TeacherCacheKey.Of(teacher, data, padding);
        var path = Path.Combine(folder, key.FileName);
        if (File.Exists(path)) return TeacherCacheFile.Read(path, key);

        Directory.CreateDirectory(folder);
        var logPath = path + ".partial";
        var records = new byte[]?[key.People];
        using (var log = TeacherCacheLog.Open(logPath, key, records))
        {
            new Build(teacher, data, read, options, padding, records, log, progress).Run(cancellation);
        }

        var cache = TeacherCacheRecord.Join(key, records);
        TeacherCacheFile.Write(path, cache);
        File.Delete(logPath);
        return cache;
    }

    private sealed class Build(
        ITeacher teacher, PoseData data, CropReader read, TeacherCacheOptions options, float padding, byte[]?[] records, TeacherCacheLog log,
        Action<int, int>? progress)
    {
        private readonly Lock _gate = new();
        private int[] _missing = [];
        private int _next;
        private int _done;

        public void Run(CancellationToken cancellation)
        {
            _missing = [.. Enumerable.Range(0, records.Length).Where(p => records[p] is null).OrderBy(p => data.People.Image[p])];
            _done = records.Length - _missing.Length;
            progress?.Invoke(_done, records.Length);
            if (_missing.Length == 0) return;

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            ExceptionDispatchInfo? failure = null;
            var threads = new Thread[Math.Clamp(options.Threads, 1, _missing.Length)];
            for (var t = 0; t < threads.Length; t++)
            {
                threads[t] = new Thread(() =>
                {
                    try
                    {
                        Work(stop.Token);
                    }
                    catch (Exception e)
                    {
                        Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                        stop.Cancel();
                    }
                })
                { IsBackground = true, Name = $"teacher cache {t}" };
                threads[t].Start();
            }

            foreach (var thread in threads) thread.Join();
            cancellation.ThrowIfCancellationRequested();
            failure?.Throw();
        }

        private void Work(CancellationToken stop)
        {
            var bytes = teacher.Width * teacher.Height * 3;
            var crops = new byte[options.Batch * bytes];
            var geometries = new CropGeometry[options.Batch];
            var people = new int[options.Batch];
            var summaries = Enumerable.Range(0, options.Batch).Select(_ => new TeacherSummary(teacher.Skeleton.Count)).ToArray();
            while (!stop.IsCancellationRequested)
            {
                var from = Interlocked.Add(ref _next, options.Batch) - options.Batch;
                if (from >= _missing.Length) return;
                var shown = 0;
                var batch = _missing.AsSpan(from, Math.Min(options.Batch, _missing.Length - from));
                foreach (var person in batch)
                {
                    if (!CropGeometry.CanCrop(data.People.Boxes[person])) continue;
                    var crop = CropGeometry.FromBox(data.People.Boxes[person], teacher.Width, teacher.Height, padding);
                    if (!read(person, crop, crops.AsSpan(shown * bytes, bytes))) continue;
                    (people[shown], geometries[shown]) = (person, crop);
                    shown++;
                }

                if (shown > 0) teacher.Summarise(crops.AsSpan(0, shown * bytes), summaries.AsSpan(0, shown));
                for (var i = 0; i < shown; i++) records[people[i]] = TeacherCacheRecord.Of(summaries[i], geometries[i]);
                foreach (var person in batch) records[person] ??= TeacherCacheRecord.Empty(teacher.Skeleton.Count);
                Keep(batch);
            }
        }

        private void Keep(ReadOnlySpan<int> batch)
        {
            lock (_gate)
            {
                foreach (var person in batch) log.Append(person, records[person]);
                log.Flush();
                _done += batch.Length;
                progress?.Invoke(_done, records.Length);
            }
        }
    }
}
