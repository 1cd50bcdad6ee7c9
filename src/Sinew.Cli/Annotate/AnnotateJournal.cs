using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sinew.Cli.Predict;
using Sinew.Skeletons;

namespace Sinew.Cli.Annotate;

/// <summary>
/// What the model has said so far, kept beside the labels that are to be written, so that hours of work outlive a run that was ended: a head
/// that names what it was made of, then a block of the same length per person. It is removed once the labels are there.
/// </summary>
internal sealed class AnnotateJournal : IDisposable
{
    /// <summary>What is put behind the name of the labels.</summary>
    public const string Ending = ".unfinished";

    private const int HeadLength = 32;

    private readonly FileStream _file;
    private readonly byte[] _block;
    private readonly int _joints;
    private readonly FlushTimer _timer = new();

    private AnnotateJournal(FileStream file, int joints)
    {
        (_file, _joints) = (file, joints);
        // person, width and height of the picture, the joints, a sum over all of it
        _block = new byte[12 + (joints * 12) + 4];
    }

    /// <summary>All that predictions follow from, as a text.</summary>
    /// <param name="labels">The labels that are extended.</param>
    /// <param name="model">The model's file or its run's folder.</param>
    /// <param name="skeleton">The model's joints.</param>
    /// <param name="images">The folder of the pictures.</param>
    /// <param name="flip">Whether the mirrored picture is looked at too.</param>
    public static string MadeOf(string labels, string model, Skeleton skeleton, string images, bool flip) =>
        $"{PredictFolder.Identity(labels)}\n{PredictFolder.Identity(model)}\n{string.Join(' ', skeleton.Joints.Select(j => j.Id))}\n{Path.GetFullPath(images)}\nflip test {flip}";

    /// <summary>Opens what an earlier run left, or begins it.</summary>
    /// <param name="labels">The labels that will be written.</param>
    /// <param name="madeOf">See <see cref="MadeOf"/>.</param>
    /// <param name="people">Who gets what an earlier run found out.</param>
    /// <param name="anew">Drop what was made of something else, instead of refusing it.</param>
    /// <exception cref="SinewException">Another run is at it, the file cannot be written, or it was made of something else.</exception>
    public static AnnotateJournal Open(string labels, string madeOf, AnnotatedPeople people, bool anew)
    {
        var path = labels + Ending;
        FileStream file;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 16 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be written to: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        var journal = new AnnotateJournal(file, people.Model.Count);
        try
        {
            journal.TakeUp(path, SHA256.HashData(Encoding.UTF8.GetBytes(madeOf)), people, anew);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>How many people earlier runs asked about.</summary>
    public int DoneBefore { get; private set; }

    /// <summary>Keeps what the model says of a person.</summary>
    /// <param name="person">Row of the person.</param>
    /// <param name="joints">x, y, score per joint of the model.</param>
    /// <param name="width">Width of the person's picture, pixels.</param>
    /// <param name="height">Height of the person's picture, pixels.</param>
    public void Add(int person, ReadOnlySpan<float> joints, int width, int height)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_block, person);
        BinaryPrimitives.WriteInt32LittleEndian(_block.AsSpan(4), width);
        BinaryPrimitives.WriteInt32LittleEndian(_block.AsSpan(8), height);
        MemoryMarshal.AsBytes(joints).CopyTo(_block.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(_block.Length - 4), Sum());
        _file.Write(_block);
        if (_timer.IsDue) Flush();
    }

    /// <summary>Removes it: the labels are written.</summary>
    public void Complete()
    {
        _file.Dispose();
        File.Delete(_file.Name);
    }

    public void Dispose()
    {
        if (_file.CanWrite && _file.Length <= HeadLength) Complete();
        _file.Dispose();
    }

    private void TakeUp(string path, byte[] about, AnnotatedPeople people, bool anew)
    {
        var head = new byte[HeadLength];
        if (_file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) == HeadLength && !head.AsSpan().SequenceEqual(about) && !anew)
            throw new SinewException($"{path}: holds an unfinished run of another model, other labels or other pictures; remove it, give another file with --out, or begin anew with --force");

        var end = 0L;
        if (head.AsSpan().SequenceEqual(about))
        {
            end = HeadLength;
            // a block that was cut or never reached the disk ends what can be trusted
            while (_file.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false) == _block.Length
                && BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(_block.Length - 4)) == Sum()
                && BinaryPrimitives.ReadInt32LittleEndian(_block) is >= 0 and var person && person < people.Data.People.Count)
            {
                people.Set(person, MemoryMarshal.Cast<byte, float>(_block.AsSpan(12, _joints * 12)).ToArray(), BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(4)), BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(8)));
                end += _block.Length;
                DoneBefore++;
            }
        }

        _file.SetLength(end);
        _file.Position = end;
        if (end == 0) _file.Write(about);
    }

    private void Flush() => _timer.Flush(_file.Flush);

    private uint Sum()
    {
        var sum = uint.MaxValue;
        foreach (var b in _block.AsSpan(0, _block.Length - 4)) sum = BitOperations.Crc32C(sum, b);
        return sum;
    }
}
