using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sinew.Geometry;

namespace Sinew.Training.Teachers;

/// <summary>
/// One person in a cache as bytes: centre x, y and image pixels per crop pixel (float), a count per joint (byte), a score per
/// joint (half), the Gaussians (12 bytes each). The same bytes lie in a cache that is being built.
/// </summary>
internal static class TeacherCacheRecord
{
    public const int GeometryBytes = 3 * sizeof(float);

    public const int GaussianBytes = 12;

    public static int MaxBytes(int joints) => GeometryBytes + (joints * (1 + 2 + (MixtureFit.MaxComponents * GaussianBytes)));

    /// <summary>A person whom the teacher could not be shown.</summary>
    public static byte[] Empty(int joints) => new byte[GeometryBytes + (joints * 3)];

    public static byte[] Of(TeacherSummary summary, CropGeometry crop)
    {
        var count = 0;
        for (var j = 0; j < summary.Joints; j++) count += summary.ComponentsOf(j).Length;
        var record = new byte[GeometryBytes + (summary.Joints * 3) + (count * GaussianBytes)];
        BinaryPrimitives.WriteSingleLittleEndian(record, crop.CenterX);
        BinaryPrimitives.WriteSingleLittleEndian(record.AsSpan(4), crop.CenterY);
        BinaryPrimitives.WriteSingleLittleEndian(record.AsSpan(8), crop.ScaleWidth / crop.Width);
        var counts = record.AsSpan(GeometryBytes, summary.Joints);
        var confidences = MemoryMarshal.Cast<byte, Half>(record.AsSpan(GeometryBytes + summary.Joints, summary.Joints * 2));
        var gaussians = MemoryMarshal.Cast<byte, PackedGaussian>(record.AsSpan(GeometryBytes + (summary.Joints * 3)));
        var next = 0;
        for (var j = 0; j < summary.Joints; j++)
        {
            counts[j] = (byte)summary.ComponentsOf(j).Length;
            confidences[j] = (Half)Math.Clamp(summary.Confidences[j], -60_000f, 60_000f);
            foreach (var g in summary.ComponentsOf(j)) gaussians[next++] = new PackedGaussian(g, crop.Width * 0.5f, crop.Height * 0.5f);
        }

        return record;
    }

    /// <summary>True where the bytes can be a record of so many joints.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record, int joints)
    {
        if (record.Length < GeometryBytes + (joints * 3)) return false;
        var count = 0;
        foreach (var c in record.Slice(GeometryBytes, joints))
        {
            if (c > MixtureFit.MaxComponents) return false;
            count += c;
        }

        return record.Length == GeometryBytes + (joints * 3) + (count * GaussianBytes);
    }

    /// <summary>Puts all people's records together.</summary>
    public static TeacherCache Join(TeacherCacheKey key, byte[]?[] records)
    {
        var joints = key.JointCount;
        var total = records.Sum(r => (long)(r ?? throw new InvalidOperationException("a person's record is missing")).Length - GeometryBytes - (joints * 3)) / GaussianBytes;
        var geometry = new float[key.People * 3];
        var counts = new byte[key.People * joints];
        var confidences = new Half[key.People * joints];
        var components = new PackedGaussian[total];
        var used = 0;
        for (var person = 0; person < key.People; person++)
        {
            ReadOnlySpan<byte> record = records[person];
            MemoryMarshal.Cast<byte, float>(record[..GeometryBytes]).CopyTo(geometry.AsSpan(person * 3));
            record.Slice(GeometryBytes, joints).CopyTo(counts.AsSpan(person * joints));
            MemoryMarshal.Cast<byte, Half>(record.Slice(GeometryBytes + joints, joints * 2)).CopyTo(confidences.AsSpan(person * joints));
            var own = MemoryMarshal.Cast<byte, PackedGaussian>(record[(GeometryBytes + (joints * 3))..]);
            own.CopyTo(components.AsSpan(used));
            used += own.Length;
        }

        return new TeacherCache(key, geometry, counts, confidences, components);
    }
}
