using Sinew.Cli.Frame;
using Sinew.Cli.Predict;

namespace Sinew.Cli.Commands;

/// <summary>Sees to it, before any work is done, that what a command writes is nothing that it reads, and can be written.</summary>
internal static class OutputFiles
{
    /// <summary>Checks all files of one command; what is null, or standard output, is passed over.</summary>
    /// <param name="read">The files that it reads, each with the name of its option.</param>
    /// <param name="written">The files that it writes, each with the name of its option.</param>
    /// <exception cref="SinewException">Two of them are the same file, one of which is written; or one cannot be written.</exception>
    public static void Check(IEnumerable<(string Option, string? Path)> read, IEnumerable<(string Option, string? Path)> written)
    {
        var taken = new Dictionary<string, string>();
        foreach (var (option, path) in read)
        {
            if (!string.IsNullOrEmpty(path)) taken.TryAdd(RealPath.Of(path), option);
        }

        foreach (var (option, path) in written)
        {
            if (string.IsNullOrEmpty(path) || path == JsonFile.StandardOutput) continue;
            var real = RealPath.Of(path);
            if (!taken.TryAdd(real, option)) throw new SinewException($"{path}: would be both {taken[real]} and {option}; give another file for one of them");
            if (File.Exists(path) && PredictInput.KindOf(path) is not null) throw new SinewException($"{path}: is a picture or video, which {option} would be written over; give another file");
            // pipes and devices are written as they are
            if (real.StartsWith("/dev/", StringComparison.Ordinal) && !real.StartsWith("/dev/shm/", StringComparison.Ordinal)) continue;
            if (Directory.Exists(path)) throw new SinewException($"{path}: is a folder; give a file for {option}");
            RequireWritable(path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
        }
    }

    /// <summary>Sees that files can be made in a folder, or in the nearest one above it that is there.</summary>
    /// <param name="path">What is to be written, for the message.</param>
    /// <param name="folder">The folder, which need not be there.</param>
    /// <exception cref="SinewException">They cannot.</exception>
    public static void RequireWritable(string path, string folder)
    {
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        if (!Directory.Exists(folder)) throw new SinewException($"{path}: cannot be written: {folder} is no folder");
        try
        {
            var probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            using (File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write)) File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
