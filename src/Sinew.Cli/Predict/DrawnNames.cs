using System.Security.Cryptography;
using System.Text;
using Sinew.Cli.Frame;

namespace Sinew.Cli.Predict;

/// <summary>
/// Where each input's drawing goes: under the output folder as the input lay under its own. Two inputs never share a place (a.jpg and a.png
/// become a.png and a.png.png), no input is drawn over, and the places follow from the order of the inputs alone.
/// </summary>
/// <param name="folder">The output folder.</param>
/// <param name="inputs">All inputs; gone through where something is already in a drawing's place.</param>
internal sealed class DrawnNames(string folder, IEnumerable<PredictInput> inputs)
{
    private static readonly string[] PictureEnding = [".png"];
    private static readonly string[] VideoEnding = [".mp4"];
    private static readonly string[] EitherEnding = [".png", ".mp4"];

    private readonly HashSet<UInt128> _taken = [];
    private HashSet<UInt128>? _inputs;

    /// <summary>The place for the next input's drawing; of one from the web, which may turn out to be a video, that of a picture, with the same name free for a video.</summary>
    public string Next(PredictInput input)
    {
        var endings = input.Kind switch { InputKind.Picture => PictureEnding, InputKind.Web => EitherEnding, _ => VideoEnding };
        var candidate = input.Relative;
        if (!Take(candidate, endings))
        {
            candidate = input.Relative + Path.GetExtension(input.Name);
            for (var n = 2; !Take(candidate, endings); n++) candidate = $"{input.Relative}-{n}";
        }

        return Path.Combine(folder, candidate + endings[0]);
    }

    private bool Take(string name, string[] endings)
    {
        if (endings.Any(e => _taken.Contains(Hash(name + e)) || IsInput(Path.Combine(folder, name + e)))) return false;
        foreach (var ending in endings) _taken.Add(Hash(name + ending));
        return true;
    }

    private bool IsInput(string path)
    {
        // what is not there yet is no input
        if (!File.Exists(path)) return false;
        _inputs ??= [.. inputs.Where(i => i.Kind is InputKind.Picture or InputKind.Video).Select(i => Hash(RealPath.Of(i.Name)))];
        return _inputs.Contains(Hash(RealPath.Of(path)));
    }

    private static UInt128 Hash(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
