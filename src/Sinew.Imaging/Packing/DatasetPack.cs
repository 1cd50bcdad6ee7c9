using System.Globalization;
using Sinew.Annotations;
using Sinew.Files;

namespace Sinew.Imaging;

/// <summary>
/// Packs a data set of photographs into WebDataset shards (https://github.com/webdataset/webdataset): tar files in which each picture is followed
/// by a record of the same name, <c>{"image": …, "annotations": […]}</c> with COCO's fields. <see cref="PictureFolder"/> reads them.
/// </summary>
public static class DatasetPack
{
    /// <summary>The label file's name.</summary>
    public const string AnnotationsName = "annotations.json";

    /// <summary>Name of the file that says which pack a folder holds.</summary>
    public const string AboutName = "pack.json";

    /// <summary>
    /// Writes <c>NAME-000000.tar</c> and so on, in the order of the labels' images, and <c>annotations.json</c> in COCO's form, whose file names are
    /// the members'. The labels come last: a folder that has them is complete. A pack that was interrupted is begun again by the same call; the same
    /// labels, pictures and options give the same files.
    /// </summary>
    /// <param name="data">The labels.</param>
    /// <param name="images">Where the pictures are, loose or in shards.</param>
    /// <param name="folder">Where to: a folder that is empty, missing, or has the same pack, begun or finished.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told pictures and people done so far; may be null.</param>
    /// <param name="cancel">Ends it before the labels are written.</param>
    /// <exception cref="SinewException">A picture cannot be read, the folder has something else in it, or a file cannot be written.</exception>
    public static PackResult Write(
        PoseData data, PictureFolder images, string folder, PackOptions? options = null, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options = Checked(options ?? new PackOptions());
        Begin(folder, options.Name, About(data, options));
        var (labels, names, leftOut) = (new PackedLabels(data), new PackNames(), new List<string>());
        var (people, shrunk) = (0, 0);
        using var shards = new ShardWriter(folder, options.Name, options.ShardBytes);
        var batch = new (PackedPicture? Picture, string? Error)[2 * options.Threads];
        for (var first = 0; first < data.Images.Count; first += batch.Length)
        {
            var from = first;
            var count = Math.Min(batch.Length, data.Images.Count - first);
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel }, i => batch[i] = Read(images, data.Images.FileNames[from + i], options));
            for (var i = 0; i < count; i++)
            {
                // a key is used up by a picture that is left out, too: the others' names do not depend on it
                var (picture, key, image) = (batch[i].Picture, names.Next(data.Images.FileNames[first + i]), first + i);
                if (picture is null)
                {
                    if (options.OnBad == OnBad.Fail) throw new SinewException(batch[i].Error!);
                    leftOut.Add(batch[i].Error!);
                    continue;
                }

                var name = key + picture.Ending;
                shards.Add((name, picture.Bytes), (key + ".json", labels.Take(image, name, picture)));
                if (picture.IsShrunk) shrunk++;
                people += labels.PeopleOf(image);
            }

            progress?.Invoke(first + count, people);
        }

        cancel.ThrowIfCancellationRequested();
        if (leftOut.Count == data.Images.Count) throw new SinewException(leftOut.Count > 0 ? leftOut[0] : "the labels have no pictures: nothing to pack");
        shards.Finish();
        var packed = labels.Build();
        CocoWriter.Write(packed, Path.Combine(folder, AnnotationsName));
        return new PackResult(packed, shards.Shards, shards.Bytes, shrunk, leftOut);
    }

    private static PackOptions Checked(PackOptions options)
    {
        if (options.Longest is < 1) throw new SinewException($"pictures cannot be {options.Longest} pixels long: give 1 or more");
        if (options.ShardBytes < 1) throw new SinewException($"shards cannot have {options.ShardBytes} bytes: give 1 or more");
        if (options.Threads < 1) throw new SinewException($"{options.Threads} threads cannot work: give 1 or more");
        var name = PackNames.Plain(options.Name).Replace('/', '_').Trim('.', ' ');
        return options with { Name = name.Length == 0 ? "shard" : name };
    }

    private static (PackedPicture? Picture, string? Error) Read(PictureFolder images, string name, PackOptions options)
    {
        try
        {
            return (PackedPicture.Read(images, name, options), null);
        }
        catch (SinewException e)
        {
            return (null, e.Message);
        }
    }

    private static string About(PoseData data, PackOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"name": "{{System.Text.Json.JsonEncodedText.Encode(options.Name)}}", "shard_bytes": {{options.ShardBytes}}, "longest": {{options.Longest ?? 0}}, "quality": {{options.Quality}}, "labels": "{{PackedLabels.Fingerprint(data)}}"}

        """);

    /// <summary>Makes the folder ready, and sees that it has nothing in it that is not this pack's.</summary>
    private static void Begin(string folder, string name, string about)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, AboutName);
            if (File.Exists(path))
            {
                if (new FileInfo(path).Length > 1 << 16 || File.ReadAllText(path) != about)
                    throw new SinewException($"{folder}: has another pack in it, of other labels or options ({AboutName}); give another folder, or remove that pack first");
                // the labels first, as a folder that has them is complete
                File.Delete(Path.Combine(folder, AnnotationsName));
                // a pack of fewer pictures than last time has fewer shards
                foreach (var old in Entries().Where(f => f != AboutName && IsOwn(f, name))) File.Delete(Path.Combine(folder, old));
            }
            else if (Entries().FirstOrDefault(f => !IsLeftOver(f, name)) is { } other)
            {
                throw new SinewException($"{folder}: is not empty ({other}), and no pack was begun in it; give another folder");
            }

            foreach (var old in Entries().Where(f => IsLeftOver(f, name))) File.Delete(Path.Combine(folder, old));
            AtomicFile.WriteText(path, about);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{folder}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        List<string> Entries() => [.. Directory.EnumerateFileSystemEntries(folder).Select(f => Path.GetFileName(f))];
    }

    private static bool IsOwn(string file, string name) =>
        file is AnnotationsName or AboutName
        || (file.StartsWith($"{name}-", StringComparison.Ordinal) && file[(name.Length + 1)..].Split('.') is [{ Length: >= 6 } number, "tar"] && number.All(char.IsAsciiDigit));

    /// <summary>What a killed run leaves: a file beside its place, as <see cref="BesideFile"/> calls it.</summary>
    private static bool IsLeftOver(string file, string name) => file.Split('.') is [.., { Length: 32 }, "tmp"] parts && IsOwn(string.Join('.', parts[..^2]), name);
}
