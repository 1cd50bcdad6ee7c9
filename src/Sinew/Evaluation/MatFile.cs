using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Sinew.Evaluation;

/// <summary>A variable of a MATLAB file.</summary>
/// <param name="Name">Its name; empty within cells and structs.</param>
/// <param name="Dimensions">Sizes, at least two.</param>
public abstract record MatArray(string Name, IReadOnlyList<int> Dimensions)
{
    /// <summary>How many elements there are.</summary>
    public int Count => Dimensions.Aggregate(1, (a, b) => checked(a * b));
}

/// <summary>Numbers of any numeric or logical class.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Sizes.</param>
/// <param name="Values">The values (real parts) in MATLAB's order: the first index runs fastest.</param>
public sealed record MatNumbers(string Name, IReadOnlyList<int> Dimensions, double[] Values) : MatArray(Name, Dimensions);

/// <summary>Characters.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Sizes.</param>
/// <param name="Rows">A string per row.</param>
public sealed record MatText(string Name, IReadOnlyList<int> Dimensions, IReadOnlyList<string> Rows) : MatArray(Name, Dimensions);

/// <summary>Cells, each an array of its own.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Sizes.</param>
/// <param name="Cells">The cells in MATLAB's order; null for an empty one.</param>
public sealed record MatCells(string Name, IReadOnlyList<int> Dimensions, IReadOnlyList<MatArray?> Cells) : MatArray(Name, Dimensions);

/// <summary>Structs, each with the same fields.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Sizes.</param>
/// <param name="Elements">Per struct in MATLAB's order, its fields; null for an empty one.</param>
public sealed record MatStructs(string Name, IReadOnlyList<int> Dimensions, IReadOnlyList<IReadOnlyDictionary<string, MatArray?>> Elements)
    : MatArray(Name, Dimensions);

/// <summary>
/// Reads MATLAB's level 5 files (versions 6 and 7, compressed or not, either byte order): numbers, characters, cells and
/// structs. Format: "MAT-File Format", The MathWorks. Files of version 7.3 are HDF5 and are not read.
/// </summary>
public sealed class MatFile
{
    private const int HeaderSize = 128;
    private const int DeepestNesting = 16;
    private const int LargestVariable = 1 << 29;
    private const int BytesOfStruct = 128;
    private const int BytesOfField = 48;
    private const int BytesOfText = 32;

    // What all variables together may take in memory; the largest of the files that are read takes some megabytes.
    private const long Budget = 1 << 28;

    private readonly string _file;
    private readonly bool _bigEndian;
    private readonly Dictionary<string, MatArray> _variables = new(StringComparer.Ordinal);
    private long _spent;

    private MatFile(string file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        if (bytes.Length >= 4 && bytes[1..4].SequenceEqual("HDF"u8)) throw Fail("this is HDF5 (version 7.3); save it with -v7");
        if (bytes.Length < HeaderSize || bytes.Slice(126, 2) is not ([(byte)'I', (byte)'M'] or [(byte)'M', (byte)'I']))
        {
            throw Fail("this is no MATLAB level 5 file; save it with -v7");
        }

        _bigEndian = bytes[126] == (byte)'M';
        if (Short(bytes[124..]) != 0x0100) throw Fail("this is version 7.3 (HDF5); save it with -v7");
        for (var rest = bytes[HeaderSize..]; !rest.IsEmpty;) ReadVariable(ref rest);
    }

    /// <summary>What an element holds; the numbers are the format's.</summary>
    private enum ElementType : uint
    {
        Int8 = 1,
        UInt8 = 2,
        Int16 = 3,
        UInt16 = 4,
        Int32 = 5,
        UInt32 = 6,
        Single = 7,
        Double = 9,
        Int64 = 12,
        UInt64 = 13,
        Matrix = 14,
        Compressed = 15,
        Utf8 = 16,
        Utf16 = 17,
        Utf32 = 18,
    }

    /// <summary>What an array is; the numbers are the format's. Those between are numeric.</summary>
    private enum ArrayClass
    {
        Cell = 1,
        Struct = 2,
        Object = 3,
        Text = 4,
        Sparse = 5,
        FirstNumeric = 6,
        LastNumeric = 15,
    }

    /// <summary>The variables by name.</summary>
    public IReadOnlyDictionary<string, MatArray> Variables => _variables;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file cannot be read, is damaged, or holds something that is not read.</exception>
    public static MatFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return new MatFile(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>A variable of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="SinewException">There is none of this name, or it is not of numbers.</exception>
    public MatNumbers Numbers(string name) =>
        _variables.GetValueOrDefault(name) as MatNumbers
        ?? throw Fail($"there is no array of numbers named {name}; the file has {string.Join(", ", _variables.Keys)}");

    private static int BytesOf(ElementType type) => type switch
    {
        ElementType.Int8 or ElementType.UInt8 or ElementType.Utf8 => 1,
        ElementType.Int16 or ElementType.UInt16 or ElementType.Utf16 => 2,
        ElementType.Int32 or ElementType.UInt32 or ElementType.Single or ElementType.Utf32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 => 8,
        _ => 0,
    };

    private void ReadVariable(ref ReadOnlySpan<byte> rest)
    {
        var data = Next(ref rest, out var type);
        if (type == ElementType.Compressed)
        {
            ReadOnlySpan<byte> plain = Inflate(data);
            data = Next(ref plain, out type);
        }

        if (type == ElementType.Matrix && ReadMatrix(data, 0) is { Name.Length: > 0 } array) _variables[array.Name] = array;
    }

    /// <summary>Takes one element off the front.</summary>
    private ReadOnlySpan<byte> Next(scoped ref ReadOnlySpan<byte> rest, out ElementType type)
    {
        if (rest.Length < 8) throw Truncated();
        var word = Int(rest);
        ReadOnlySpan<byte> data;
        if (word >> 16 != 0)
        {
            // The small form: type and size share a word, up to four bytes of content follow.
            if (word >> 16 > 4) throw Damaged();
            type = (ElementType)(word & 0xFFFF);
            data = rest.Slice(4, (int)(word >> 16));
            rest = rest[8..];
            return data;
        }

        type = (ElementType)word;
        var size = Int(rest[4..]);
        if (size > rest.Length - 8) throw Truncated();
        data = rest.Slice(8, (int)size);
        // Everything but a compressed element is filled up to eight bytes.
        var padded = type == ElementType.Compressed ? (int)size : ((int)size + 7) & ~7;
        rest = rest[Math.Min(rest.Length, 8 + padded)..];
        return data;
    }

    private MatArray? ReadMatrix(ReadOnlySpan<byte> rest, int depth)
    {
        if (rest.IsEmpty) return null;
        if (depth > DeepestNesting) throw Fail($"arrays are nested deeper than {DeepestNesting} levels");
        var flags = Next(ref rest, out var type);
        if (type != ElementType.UInt32 || flags.Length < 8) throw Damaged();
        var kind = (ArrayClass)(Int(flags) & 0xFF);
        var dimensions = Array.ConvertAll(Values(Next(ref rest, out type), type), d => (int)d);
        var name = Encoding.ASCII.GetString(Next(ref rest, out _));
        var count = Elements(dimensions);
        switch (kind)
        {
            case ArrayClass.Cell:
                return new MatCells(name, dimensions, Many(ref rest, count, depth));
            case ArrayClass.Struct:
                return Structs(name, dimensions, count, rest, depth);
            case ArrayClass.Text:
                return Text(name, dimensions, count, Next(ref rest, out type), type);
            case >= ArrayClass.FirstNumeric and <= ArrayClass.LastNumeric:
                var values = Values(Next(ref rest, out type), type);
                if (values.Length != count) throw Damaged();
                return new MatNumbers(name, dimensions, values);
            default:
                throw Fail($"'{name}' is {(kind == ArrayClass.Sparse ? "a sparse array" : "an object")}, which is not read; save it as a plain array or struct");
        }
    }

    private MatStructs Structs(string name, int[] dimensions, int count, ReadOnlySpan<byte> rest, int depth)
    {
        var length = Values(Next(ref rest, out var type), type);
        if (length is not [var width and >= 1 and <= 256]) throw Damaged();
        var names = Next(ref rest, out _);
        var fields = new string[names.Length / (int)width];
        for (var f = 0; f < fields.Length; f++)
        {
            var text = names.Slice(f * (int)width, (int)width);
            fields[f] = Encoding.ASCII.GetString(text[..(text.IndexOf((byte)0) is var end and >= 0 ? end : text.Length)]);
        }

        if (fields.Distinct(StringComparer.Ordinal).Count() != fields.Length) throw Damaged();
        // Structs without fields hold nothing, however many they are said to be.
        if (fields.Length == 0) return new MatStructs(name, dimensions, []);
        var values = Many(ref rest, (long)count * fields.Length, depth);
        Spend(count * (BytesOfStruct + ((long)BytesOfField * fields.Length)));
        return new MatStructs(
            name,
            dimensions,
            [.. Enumerable.Range(0, count).Select(e => fields.Select((f, i) => (f, values[(e * fields.Length) + i])).ToDictionary(p => p.f, p => p.Item2))]);
    }

    private MatText Text(string name, int[] dimensions, int count, ReadOnlySpan<byte> data, ElementType type)
    {
        var text = type switch
        {
            ElementType.Utf8 or ElementType.Int8 or ElementType.UInt8 => Encoding.UTF8.GetString(data),
            ElementType.Utf16 or ElementType.UInt16 => (_bigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(data),
            _ => throw Damaged(),
        };
        if (dimensions.Length != 2 || text.Length != count) return new MatText(name, dimensions, [text]);
        var rows = new string[count == 0 ? 0 : dimensions[0]];
        Spend(((long)rows.Length * BytesOfText) + ((long)count * sizeof(char)));
        for (var r = 0; r < rows.Length; r++) rows[r] = string.Concat(Enumerable.Range(0, dimensions[1]).Select(c => text[(c * rows.Length) + r]));
        return new MatText(name, dimensions, rows);
    }

    private MatArray?[] Many(ref ReadOnlySpan<byte> rest, long count, int depth)
    {
        // Every array takes eight bytes at the least, so that a false count asks for no memory.
        if (count > rest.Length / 8) throw Truncated();
        var arrays = new MatArray?[count];
        for (var i = 0; i < arrays.Length; i++)
        {
            var data = Next(ref rest, out var type);
            if (type != ElementType.Matrix) throw Damaged();
            arrays[i] = ReadMatrix(data, depth + 1);
        }

        return arrays;
    }

    private int Elements(int[] dimensions)
    {
        if (dimensions.Length is < 2 or > 32) throw Damaged();
        var count = 1L;
        foreach (var d in dimensions)
        {
            if (d < 0) throw Damaged();
            count *= d;
            if (count > LargestVariable) throw Damaged();
        }

        return (int)count;
    }

    private double[] Values(ReadOnlySpan<byte> data, ElementType type)
    {
        var size = BytesOf(type);
        if (size == 0 || data.Length % size != 0) throw Damaged();
        Spend(data.Length / size * (long)sizeof(double));
        var values = new double[data.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            var at = data.Slice(i * size, size);
            values[i] = type switch
            {
                ElementType.Int8 => (sbyte)at[0],
                ElementType.UInt8 or ElementType.Utf8 => at[0],
                ElementType.Int16 => (short)Short(at),
                ElementType.UInt16 or ElementType.Utf16 => Short(at),
                ElementType.Int32 => (int)Int(at),
                ElementType.UInt32 or ElementType.Utf32 => Int(at),
                ElementType.Single => BitConverter.UInt32BitsToSingle(Int(at)),
                ElementType.Double => BitConverter.UInt64BitsToDouble(Long(at)),
                ElementType.Int64 => (long)Long(at),
                _ => Long(at),
            };
        }

        return values;
    }

    private byte[] Inflate(ReadOnlySpan<byte> data)
    {
        using var zipped = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var block = new byte[1 << 16];
        int read;
        while ((read = zipped.Read(block)) > 0)
        {
            Spend(read);
            plain.Write(block, 0, read);
        }

        return plain.ToArray();
    }

    private void Spend(long bytes)
    {
        _spent += bytes;
        if (_spent > Budget) throw Fail($"its variables take more than {Budget >> 20} MB; this is no file of labels");
    }

    private ushort Short(ReadOnlySpan<byte> at) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    private uint Int(ReadOnlySpan<byte> at) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    private ulong Long(ReadOnlySpan<byte> at) =>
        _bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);

    private SinewException Fail(string what) => new($"{_file}: {what}");

    private SinewException Truncated() => Fail("the file ends in the middle of its data; it is truncated, get it again");

    private SinewException Damaged() => Fail("the file is damaged; get it again");
}
