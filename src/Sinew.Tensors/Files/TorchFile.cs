using Sinew.Files;

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;

namespace Sinew.Tensors.Files;

/// <summary>
/// Files that torch.save writes: the zip form of PyTorch 1.6 and later, and the older one that model zoos still publish in.
/// Nothing in them is run: only tensors, numpy arrays of numbers, and plain containers are read, and anything else is refused by
/// its name.
/// </summary>
public static class TorchFile
{
    private const int MaxPickle = 64 << 20;
    private const int MaxEntries = 200_000;
    private const int MaxDepth = 100;

    // What DataParallel and DistributedDataParallel put before each name.
    private const string Wrapper = "module.";

    // Where training scripts keep the weights beside other things.
    private static readonly string[] InnerNames = ["state_dict", "model"];

    private static readonly BigInteger OldMagic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Reads a whole file. All tensors come to the processor, and those that shared memory share it again.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// What was saved: null, bool, long, double, string, byte[], List of object, object[] for a tuple, OrderedDictionary of object
    /// and object for a dictionary, <see cref="Tensor"/>, <see cref="DType"/>. The tensors belong to the innermost scope.
    /// </returns>
    /// <exception cref="SinewException">The file is damaged, hostile, or holds an object of a class that is not read.</exception>
    public static object? Read(string path)
    {
        using FileStream stream = AtomicFile.Open(path);
        using var scope = new TensorScope();
        Span<byte> start = stackalloc byte[4];
        bool zip = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK\u0003\u0004"u8);
        stream.Position = 0;
        object? tree;
        try
        {
            tree = zip ? ReadZip(path, stream) : ReadOld(path, stream);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message}; get the file anew", e);
        }

        var kept = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Check(path, tree, kept, [], 0);
        foreach (Tensor tensor in kept.OfType<Tensor>())
            scope.ToOuter(tensor);
        return tree;
    }

    /// <summary>
    /// Reads the weights of a file: its "state_dict" where it has one (as MMPose's files do), or its "model", else the dictionary of
    /// tensors that it is. Names lose the "module." that PyTorch's wrappers for several devices put before all of them.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name, in the file's order, which belong to the innermost scope.</returns>
    /// <exception cref="SinewException">The file is damaged or hostile, or there is no such dictionary in it.</exception>
    public static OrderedDictionary<string, Tensor> ReadStateDict(string path)
    {
        using var scope = new TensorScope();
        if (Read(path) is not OrderedDictionary<object, object?> tree)
            throw new SinewException($"{path}: holds no dictionary of tensors; save a model's state_dict");
        foreach (string inside in InnerNames)
        {
            if (!tree.TryGetValue(inside, out object? inner) || inner is not OrderedDictionary<object, object?> named)
                continue;
            tree = named;
            break;
        }

        int skipped = tree.Keys.All(key => key is string name && name.StartsWith(Wrapper, StringComparison.Ordinal)) ? Wrapper.Length : 0;
        var state = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((object key, object? value) in tree)
        {
            if (key is not string name || value is not Tensor tensor)
                throw new SinewException($"{path}: holds something other than a tensor under '{key}'; save a model's state_dict");
            state.Add(name[skipped..], scope.ToOuter(tensor));
        }

        return state;
    }

    /// <summary>Writes a tree that torch.load reads: beside the file first, then under its name, so that nobody sees a half.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="tree">
    /// Tensors, numbers, strings, bytes, null, dictionaries (become OrderedDict), arrays (become tuples) and lists of these. A
    /// tensor's values are written once for each place that it has in the tree.
    /// </param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The tree holds a value of another type.</exception>
    public static void Write(string path, object? tree)
    {
        using var pickler = new Pickler();
        byte[] pickle = pickler.Write(tree);
        string folder = Path.GetFileNameWithoutExtension(path);
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            Add(zip, $"{folder}/data.pkl", s => s.Write(pickle));
            Add(zip, $"{folder}/byteorder", s => s.Write("little"u8));
            for (int i = 0; i < pickler.Storages.Count; i++)
            {
                Tensor tensor = pickler.Storages[i];
                Add(zip, $"{folder}/data/{i.ToString(CultureInfo.InvariantCulture)}", s => TensorBytes.Write(tensor, s));
            }

            Add(zip, $"{folder}/version", s => s.Write("3\n"u8));
        });
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        using Stream entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        write(entry);
    }

    private static object? ReadZip(string path, FileStream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MaxEntries)
            throw Bad(path, $"has {zip.Entries.Count} entries");
        // torch.save compresses nothing. Held to that, no file can hold more than its own length: no bomb, and no two entries over
        // the same bytes.
        long total = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            if (entry.CompressedLength != entry.Length)
                throw Bad(path, $"has a compressed entry '{entry.FullName}'");
            total += entry.Length;
            if (total > stream.Length)
                throw Bad(path, "has entries that overlap");
        }

        ZipArchiveEntry pickleEntry = zip.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw Bad(path, "has no data.pkl");
        string folder = pickleEntry.FullName[..^"data.pkl".Length];
        if (zip.GetEntry(folder + "byteorder") is { } orderEntry && !ReadAll(path, orderEntry).AsSpan().SequenceEqual("little"u8))
            throw Bad(path, "was written on a big-endian machine, which is not read");
        var storages = new Storages(path, stream.Length);
        var unpickler = new Unpickler(path, ReadAll(path, pickleEntry), id => storages.Get(id, fill: (key, tensor) =>
        {
            ZipArchiveEntry entry = zip.GetEntry($"{folder}data/{key}") ?? throw Bad(path, $"has no entry for storage '{key}'");
            if (entry.Length != tensor.Count * tensor.DType.Size())
                throw Bad(path, $"has storage '{key}' of {entry.Length} bytes in place of {tensor.Count * tensor.DType.Size()}");
            using Stream bytes = entry.Open();
            if (!TensorBytes.Fill(tensor, bytes))
                throw Bad(path, $"ends within storage '{key}'");
        }));
        return unpickler.Read();
    }

    /// <summary>
    /// The form before PyTorch 1.6: pickles of a magic number, a version, the machine's sizes, the tree and the list of storage
    /// keys; then for each key a count of 8 bytes and the elements.
    /// </summary>
    private static object? ReadOld(string path, FileStream stream)
    {
        var head = new byte[Math.Min(stream.Length, MaxPickle)];
        stream.ReadExactly(head);
        if (head.Length < 2 || head[0] != 0x80)
            throw Bad(path, "does not begin like one");
        var storages = new Storages(path, stream.Length);
        var unpickler = new Unpickler(path, head, id => storages.Get(id, fill: null));
        if (unpickler.Read() is not BigInteger magic || magic != OldMagic)
            throw Bad(path, "does not begin with torch.save's number");
        if (unpickler.Read(unpickler.Position) is not 1001L)
            throw Bad(path, "is of a version that is not read");
        if (unpickler.Read(unpickler.Position) is not OrderedDictionary<object, object?> machine || machine.GetValueOrDefault("little_endian") is not true)
            throw Bad(path, "was written on a big-endian machine, which is not read");
        object? tree = unpickler.Read(unpickler.Position);
        if (unpickler.Read(unpickler.Position) is not List<object?> keys)
            throw Bad(path, "lacks its list of storages");

        stream.Position = unpickler.Position;
        Span<byte> countBytes = stackalloc byte[sizeof(long)];
        foreach (object? key in keys)
        {
            if (key is not string name || storages.TakeUnfilled(name) is not { } tensor)
                throw Bad(path, $"lists a storage '{key}' that no tensor uses");
            if (stream.ReadAtLeast(countBytes, sizeof(long), throwOnEndOfStream: false) < sizeof(long)
                || BinaryPrimitives.ReadInt64LittleEndian(countBytes) != tensor.Count
                || !TensorBytes.Fill(tensor, stream))
            {
                throw Bad(path, $"lacks elements of storage '{name}'");
            }
        }

        return storages.AllFilled ? tree : throw Bad(path, "lacks a storage that a tensor uses");
    }

    private static byte[] ReadAll(string path, ZipArchiveEntry entry)
    {
        if (entry.Length > MaxPickle)
            throw Bad(path, $"has an entry '{entry.FullName}' of {entry.Length} bytes");
        var bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Refuses trees that contain themselves or are too deep for who walks them by recursion; collects what is in them.</summary>
    private static void Check(string path, object? node, HashSet<object> seen, HashSet<object> above, int depth)
    {
        if (depth > MaxDepth)
            throw Bad(path, $"nests its containers more than {MaxDepth} deep");
        if (node is null or string)
            return;
        IEnumerable<object?>? children = node switch
        {
            OrderedDictionary<object, object?> dictionary => dictionary.Values,
            List<object?> list => list,
            object?[] { Length: > 0 } tuple => tuple,
            PickleGlobal or NumpyShell or NumpyType => throw Bad(path, "holds a class or something unfinished among its values"),
            _ => null,
        };
        if (children is not null && !above.Add(node))
            throw Bad(path, "has a container within itself");
        if (seen.Add(node) && children is not null)
        {
            foreach (object? child in children)
                Check(path, child, seen, above, depth + 1);
        }

        if (children is not null)
            above.Remove(node);
    }

    private static SinewException Bad(string path, string what) =>
        new($"{path}: {what}; the file is damaged or no file of torch.save: get it anew");

    /// <summary>The storages that tensors are views of, each made when a tensor first names it.</summary>
    private sealed class Storages(string path, long fileLength)
    {
        private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
        private readonly HashSet<string> _unfilled = new(StringComparer.Ordinal);
        private long _bytes;

        public bool AllFilled => _unfilled.Count == 0;

        public Tensor Get(object?[] id, Action<string, Tensor>? fill)
        {
            if (id is not ["storage", PickleGlobal { Class: PickleClass.Storage, DType: { } dtype }, string key, string, long count, ..]
                || (id.Length > 5 && id[5] is not null))
            {
                throw Bad(path, "names a storage in a form that is not read");
            }

            if (_tensors.TryGetValue(key, out Tensor? known))
                return known.DType == dtype && known.Count == count ? known : throw Bad(path, $"names storage '{key}' in two ways");
            if (count < 0 || count > (fileLength - _bytes) / dtype.Size())
                throw Bad(path, $"gives storage '{key}' {count} elements, more than the file holds");
            _bytes += count * dtype.Size();
            Tensor tensor = Tensor.Empty([count], dtype);
            _tensors.Add(key, tensor);
            if (fill is null)
                _unfilled.Add(key);
            else
                fill(key, tensor);
            return tensor;
        }

        public Tensor? TakeUnfilled(string key) => _unfilled.Remove(key) ? _tensors[key] : null;
    }
}
