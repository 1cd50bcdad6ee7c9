using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>
/// Everything that a cache of a teacher's outputs depends on, as text. A cache whose key differs in one character is of
/// another model, data set or rule and is not used. (The pictures themselves are known by name and size only: whoever changes
/// a picture under its old name deletes the cache.)
/// </summary>
/// <param name="Teacher">The teacher's name.</param>
/// <param name="Model">The teacher's fingerprint: changes whenever its outputs may.</param>
/// <param name="Joints">The canonical ids of the teacher's joints, in order.</param>
/// <param name="Width">Width of the teacher's input, pixels.</param>
/// <param name="Height">Height of the teacher's input, pixels.</param>
/// <param name="Padding">Factor on the person box's sides that makes the upright crop.</param>
/// <param name="Data">Fingerprint of the people: ids, boxes, images.</param>
/// <param name="People">How many people there are.</param>
public sealed record TeacherCacheKey(
    string Teacher, string Model, string Joints, int Width, int Height, float Padding, string Data, int People)
{
    /// <summary>The key of a teacher's outputs for the people of a data set.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="data">The people.</param>
    /// <param name="padding">Factor on the person box's sides that makes the upright crop.</param>
    public static TeacherCacheKey Of(ITeacher teacher, PoseData data, float padding)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        return new TeacherCacheKey(
            teacher.Name, teacher.Fingerprint, JointsOf(teacher.Skeleton), teacher.Width, teacher.Height, padding, FingerprintOf(data), data.People.Count);
    }

    /// <summary>A file name that another key will not have: teacher, and the beginning of the key's hash.</summary>
    public string FileName
    {
        get
        {
            var name = new string([.. Teacher.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToText())));
            return $"{(name.Length > 60 ? name[..60] : name)}-{hash[..16]}.teacher";
        }
    }

    /// <summary>The key as lines of <c>name: value</c>, as cache files carry it.</summary>
    public string ToText() => string.Join('\n',
        $"teacher: {Teacher}", $"model: {Model}", $"joints: {Joints}", $"input: {Width}x{Height}", $"padding: {Padding:R}", $"data: {Data}", $"people: {People}");

    internal int JointCount => Joints.Split(' ').Length;

    private static string JointsOf(Skeleton skeleton) => string.Join(' ', skeleton.Joints.Select(j => Uri.EscapeDataString(j.Id)));

    private static string FingerprintOf(PoseData data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        hash.AppendData(MemoryMarshal.AsBytes(data.People.Ids.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.People.Image.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.People.Boxes.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.Images.Widths.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.Images.Heights.AsSpan()));
        for (var i = 0; i < data.Images.Count; i++)
        {
            var name = data.Images.FileNames.Utf8(i);
            BinaryPrimitives.WriteInt32LittleEndian(length, name.Length);
            hash.AppendData(length);
            hash.AppendData(name);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
