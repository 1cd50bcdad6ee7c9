using System.Security.Cryptography;
using System.Text;

namespace Sinew.Cli.Predict;

/// <summary>
/// Where each input's drawing goes: under the output folder as the input lay under its own. Two inputs never share a place (a.jpg and a.png
/// become a.png and a.png.png), and the places follow from the order of the inputs alone.
/// </summary>
internal sealed class DrawnNames(string folder)
{
    private readonly HashSet<UInt128> _taken = [];

    /// <summary>The place for the next input's drawing.</summary>
    public string Next(PredictInput input)
    {
        var ending = input.Kind is InputKind.Picture or InputKind.Web ? ".png" : ".mp4";
        var candidate = input.Relative + ending;
        if (!Take(candidate))
        {
            candidate = input.Relative + Path.GetExtension(input.Name) + ending;
            for (var n = 2; !Take(candidate); n++) candidate = $"{input.Relative}-{n}{ending}";
        }

        return Path.Combine(folder, candidate);
    }

    private bool Take(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return _taken.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash));
    }
}
