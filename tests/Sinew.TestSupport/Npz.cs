using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Sinew.TestSupport;

/// <summary>One array of an .npz archive: numbers as doubles or floats, or strings.</summary>
public sealed record NpyArray(int[] Shape, string DType, byte[] Data)
{
    public int Count => Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>The values as float32, whatever they are stored as.</summary>
    public float[] Floats() => DType == "<f4" ? MemoryMarshal.Cast<byte, float>(Data).ToArray() : [.. Doubles().Select(d => (float)d)];

    /// <summary>The values as float64, whatever they are stored as.</summary>
    public double[] Doubles() => DType switch
    {
        "<f8" => MemoryMarshal.Cast<byte, double>(Data).ToArray(),
        "<f4" => [.. MemoryMarshal.Cast<byte, float>(Data).ToArray().Select(f => (double)f)],
        "<i8" => [.. MemoryMarshal.Cast<byte, long>(Data).ToArray().Select(f => (double)f)],
        "<i4" => [.. MemoryMarshal.Cast<byte, int>(Data).ToArray().Select(f => (double)f)],
        "|u1" or "|b1" => [.. Data.Select(b => (double)b)],
        _ => throw new InvalidDataException($"no numbers in dtype {DType}"),
    };

    /// <summary>The rows of a unicode array (<c>&lt;U…</c>).</summary>
    public string[] Strings()
    {
        var width = int.Parse(DType.AsSpan(2), CultureInfo.InvariantCulture) * 4;
        return [.. Enumerable.Range(0, Count).Select(i => Encoding.UTF32.GetString(Data, i * width, width).TrimEnd('\0'))];
    }
}

/// <summary>Reads numpy's .npz archives (C order, little endian).</summary>
public sealed partial class Npz
{
    private readonly Dictionary<string, NpyArray> _arrays = new(StringComparer.Ordinal);

    public NpyArray this[string name] => _arrays[name];

    public IEnumerable<string> Names => _arrays.Keys;

    public bool Contains(string name) => _arrays.ContainsKey(name);

    public static Npz Read(string path)
    {
        var npz = new Npz();
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            npz._arrays[entry.FullName[..^".npy".Length]] = Parse(memory.ToArray());
        }

        return npz;
    }

    private static NpyArray Parse(byte[] file)
    {
        var headerLength = file[6] == 1 ? BitConverter.ToUInt16(file, 8) : (int)BitConverter.ToUInt32(file, 8);
        var start = file[6] == 1 ? 10 : 12;
        var header = Encoding.ASCII.GetString(file, start, headerLength);
        var dtype = DTypePattern().Match(header).Groups[1].Value;
        var shape = ShapePattern().Match(header).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal)) throw new InvalidDataException("Fortran order is not read");
        return new NpyArray(shape, dtype, file[(start + headerLength)..]);
    }

    [GeneratedRegex("'descr': '([^']+)'")]
    private static partial Regex DTypePattern();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
