using Sinew.Files;

using System.Buffers.Binary;
using System.Text.Json;

namespace Sinew.Tensors.Files;

/// <summary>
/// Files of named tensors in the safetensors format: eight bytes of header length (little endian), a JSON header, and the
/// tensors' bytes without gaps.
/// </summary>
public static class SafeTensors
{
    private const int LengthBytes = 8;
    private const long MaxHeader = 100_000_000;
    private const string MetadataKey = "__metadata__";

    private static readonly (DType DType, string Name)[] Names =
    [
        (DType.Float64, "F64"), (DType.Int64, "I64"), (DType.Float32, "F32"), (DType.Int32, "I32"), (DType.Float16, "F16"),
        (DType.BFloat16, "BF16"), (DType.Int16, "I16"), (DType.UInt8, "U8"), (DType.Int8, "I8"), (DType.Bool, "BOOL"),
    ];

    /// <summary>Reads all tensors of a file, on the processor, in the header's order.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name, which belong to the innermost scope.</returns>
    /// <exception cref="SinewException">The file is not what the format says; the message names the tensor.</exception>
    public static OrderedDictionary<string, Tensor> Read(string path) => Read(path, out _);

    /// <summary>Reads all tensors of a file, on the processor, in the header's order, and the strings beside them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">The strings by name; empty where there are none.</param>
    /// <returns>Tensors by name, which belong to the innermost scope.</returns>
    /// <exception cref="SinewException">The file is not what the format says; the message names the tensor.</exception>
    public static OrderedDictionary<string, Tensor> Read(string path, out IReadOnlyDictionary<string, string> metadata)
    {
        using FileStream stream = AtomicFile.Open(path);
        (List<Entry> entries, metadata, long dataStart) = ReadHeader(path, stream);
        var tensors = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (Entry entry in entries)
        {
            Tensor tensor = Tensor.Empty(entry.Shape, entry.DType);
            tensors.Add(entry.Name, tensor);
            stream.Position = dataStart + entry.Begin;
            if (!TensorBytes.Fill(tensor, stream))
                throw Bad(path, $"ends within tensor '{entry.Name}'");
        }

        return tensors;
    }

    /// <summary>Reads only the strings beside the tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The strings by name; empty where there are none.</returns>
    /// <exception cref="SinewException">The file is not what the format says.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using FileStream stream = AtomicFile.Open(path);
        return ReadHeader(path, stream).Metadata;
    }

    /// <summary>Writes tensors to a file: beside it first, then under its name, so that nobody sees a half.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="tensors">Tensors by name, on any device.</param>
    /// <param name="metadata">Strings to put beside them, or none.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        // Wide elements first: every tensor then starts at a multiple of its element's size, as readers that map the file expect.
        KeyValuePair<string, Tensor>[] laidOut = [.. tensors.OrderByDescending(t => t.Value.DType.Size())];
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        long end = 0;
        foreach ((string name, Tensor tensor) in laidOut)
        {
            begins.Add(name, end);
            end += tensor.Count * tensor.DType.Size();
        }

        byte[] header = MakeHeader(tensors, begins, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in laidOut)
                TensorBytes.Write(tensor, stream);
        });
    }

    private static byte[] MakeHeader(IReadOnlyDictionary<string, Tensor> tensors, Dictionary<string, long> begins, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string name, string value) in metadata)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }

            foreach ((string name, Tensor tensor) in tensors)
            {
                if (name == MetadataKey)
                    throw new ArgumentException($"no tensor can be named {MetadataKey}", nameof(tensors));
                DType dtype = tensor.DType;
                json.WriteStartObject(name);
                json.WriteString("dtype", Array.Find(Names, n => n.DType == dtype).Name);
                json.WriteStartArray("shape");
                foreach (long length in tensor.Shape)
                    json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begins[name]);
                json.WriteNumberValue(begins[name] + (tensor.Count * dtype.Size()));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % LengthBytes != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static (List<Entry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart) ReadHeader(string path, FileStream stream)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(lengthBytes, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
            throw Bad(path, "is too short to hold a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        long dataStart = LengthBytes + (long)Math.Min(length, long.MaxValue / 2);
        if (length > MaxHeader || dataStart > stream.Length)
            throw Bad(path, $"claims a header of {length} bytes");

        var header = new byte[length];
        stream.ReadExactly(header);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        try
        {
            Parse(path, header, entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new SinewException($"{path}: the header is no valid JSON for safetensors: {e.Message}; get the file anew", e);
        }

        CheckLayout(path, entries, stream.Length - dataStart);
        return (entries, metadata, dataStart);
    }

    private static void Parse(string path, byte[] header, List<Entry> entries, Dictionary<string, string> metadata)
    {
        var reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 8 });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!seen.Add(name))
                throw Bad(path, $"names '{name}' twice");
            Expect(ref reader, JsonTokenType.StartObject);
            if (name == MetadataKey)
                ParseMetadata(ref reader, metadata);
            else
                entries.Add(ParseEntry(path, name, ref reader));
        }

        if (reader.Read())
            throw new JsonException("something follows the header's object");
    }

    private static void ParseMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            metadata[key] = reader.GetString()!;
        }
    }

    private static Entry ParseEntry(string path, string name, ref Utf8JsonReader reader)
    {
        DType? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String);
                    string text = reader.GetString()!;
                    int index = Array.FindIndex(Names, n => n.Name == text);
                    dtype = index >= 0 ? Names[index].DType : throw Bad(path, $"has tensor '{name}' of element type {text}, which is not read");
                    break;
                case "shape":
                    shape = ParseNumbers(ref reader);
                    break;
                case "data_offsets":
                    offsets = ParseNumbers(ref reader);
                    break;
                default:
                    throw Bad(path, $"has an unknown key '{key}' at tensor '{name}'");
            }
        }

        if (dtype is null || shape is null || offsets is not { Length: 2 })
            throw Bad(path, $"lacks dtype, shape or data_offsets at tensor '{name}'");
        long bytes = dtype.Value.Size();
        foreach (long length in shape)
        {
            if (length < 0 || (length > 0 && bytes > long.MaxValue / length))
                throw Bad(path, $"has tensor '{name}' of impossible shape [{string.Join(", ", shape)}]");
            bytes *= length;
        }

        if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes)
            throw Bad(path, $"gives tensor '{name}' bytes {offsets[0]} to {offsets[1]}, but its shape needs {bytes}");
        return new Entry(name, dtype.Value, shape, offsets[0], offsets[1]);
    }

    private static long[] ParseNumbers(ref Utf8JsonReader reader)
    {
        const int MaxNumbers = 64;
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (numbers.Count == MaxNumbers)
                throw new JsonException("a list is too long");
            numbers.Add(reader.GetInt64());
        }

        if (reader.TokenType != JsonTokenType.EndArray)
            throw new JsonException("a list holds something other than whole numbers");
        return [.. numbers];
    }

    // Every byte belongs to exactly one tensor: nothing overlaps, nothing hides in a gap or behind the end.
    private static void CheckLayout(string path, List<Entry> entries, long dataLength)
    {
        long end = 0;
        foreach (Entry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
                throw Bad(path, $"has tensor '{entry.Name}' start at byte {entry.Begin} of the data where the one before ends at {end}");
            end = entry.End;
        }

        if (end != dataLength)
            throw Bad(path, $"has {dataLength} bytes of data where its tensors fill {end}");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException($"expected {type}, found {reader.TokenType}");
    }

    private static SinewException Bad(string path, string what) =>
        new($"{path}: {what}; the file is damaged or no safetensors file: get it anew");

    private sealed record Entry(string Name, DType DType, long[] Shape, long Begin, long End);
}
