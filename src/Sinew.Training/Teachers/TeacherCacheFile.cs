using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sinew.Files;

namespace Sinew.Training.Teachers;

/// <summary>
/// The file of a <see cref="TeacherCache"/>, little endian: a header (8 letters, version, lengths), the key as text, the
/// columns one after the other, and the SHA-256 of all that.
/// </summary>
public static class TeacherCacheFile
{
    private const int Version = 1;
    private const int HeaderBytes = 28;
    private const int MaxKeyBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "SINEWTCH"u8;

    /// <summary>Writes a cache: beside its place, flushed, then renamed into it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cache">The cache.</param>
    public static void Write(string path, TeacherCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        var key = Encoding.UTF8.GetBytes(cache.Key.ToText());
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), cache.People);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), cache.Joints);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), cache.Components.Length);

        AtomicFile.Write(path, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Put(header);
            Put(key);
            Put(MemoryMarshal.AsBytes(cache.Geometry));
            Put(cache.Counts);
            Put(MemoryMarshal.AsBytes(cache.Confidences));
            Put(MemoryMarshal.AsBytes(cache.Components));
            file.Write(hash.GetHashAndReset());

            void Put(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        });
    }

    /// <summary>Reads a cache and checks that it is whole and of this key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What it must have been made from.</param>
    /// <exception cref="SinewException">The file is missing, damaged, or of another model, data set or rule.</exception>
    public static TeacherCache Read(string path, TeacherCacheKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such file");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = new byte[HeaderBytes];
        if (file.Length < HeaderBytes + SHA256.HashSizeInBytes) throw Damaged("it is too short");
        Get(header);
        if (!header.AsSpan(0, 8).SequenceEqual(Magic)) throw new SinewException($"{path}: is no cache of a teacher's outputs");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8));
        if (version != Version) throw new SinewException($"{path}: is of version {version}, this program reads {Version}; delete the file, it is made anew");
        var keyBytes = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        var people = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16));
        var joints = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(20));
        var components = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(24));
        if (keyBytes is < 0 or > MaxKeyBytes || people < 0 || joints < 1 || components < 0) throw Damaged("its header makes no sense");
        var rows = (Int128)people * joints;
        var bytes = HeaderBytes + keyBytes + ((Int128)people * TeacherCacheRecord.GeometryBytes) + (rows * 3)
            + ((Int128)components * TeacherCacheRecord.GaussianBytes) + SHA256.HashSizeInBytes;
        if (bytes != file.Length) throw Damaged($"it has {file.Length} bytes instead of {bytes}");

        var keyText = new byte[keyBytes];
        Get(keyText);
        RequireKey(Encoding.UTF8.GetString(keyText), key);
        if (people != key.People || joints != key.JointCount || rows > Array.MaxLength) throw Damaged("its header does not fit its key");
        var geometry = new float[people * 3];
        var counts = new byte[people * joints];
        var confidences = new Half[people * joints];
        var packed = new PackedGaussian[components];
        Get(MemoryMarshal.AsBytes(geometry.AsSpan()));
        Get(counts);
        Get(MemoryMarshal.AsBytes(confidences.AsSpan()));
        Get(MemoryMarshal.AsBytes(packed.AsSpan()));
        var stored = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(stored);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored)) throw Damaged("its checksum is wrong");

        var total = 0L;
        foreach (var count in counts) total += count <= MixtureFit.MaxComponents ? count : throw Damaged("a joint has too many components");
        if (total != components) throw Damaged("its counts do not add up");
        return new TeacherCache(key, geometry, counts, confidences, packed);

        void Get(Span<byte> to)
        {
            file.ReadExactly(to);
            hash.AppendData(to);
        }

        SinewException Damaged(string why) => new($"{path}: the cache of a teacher's outputs is damaged ({why}); delete the file, it is made anew");

        void RequireKey(string found, TeacherCacheKey wanted)
        {
            var text = wanted.ToText();
            if (found == text) return;
            var (there, here) = (found.Split('\n'), text.Split('\n'));
            var line = Enumerable.Range(0, here.Length).FirstOrDefault(i => i >= there.Length || there[i] != here[i]);
            throw new SinewException($"{path}: was made for \"{(line < there.Length ? there[line] : "")}\", not \"{here[line]}\"; delete the file, it is made anew");
        }
    }
}
