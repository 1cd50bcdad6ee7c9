using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// In which members of a COCO record the joints stand: all in <c>keypoints</c>, or, for COCO-WholeBody's 133, also 17 there
/// and the others in <c>foot_kpts</c>, <c>face_kpts</c>, <c>lefthand_kpts</c> and <c>righthand_kpts</c>.
/// </summary>
internal sealed class KeypointLists(Skeleton skeleton)
{
    private const int WholeBody = 133;
    private const int Body = 17;

    private readonly double[] _values = new double[skeleton.Count * 3];
    private int _main;
    private int _parts;

    /// <summary>x, y and flag or score per joint.</summary>
    internal ReadOnlySpan<double> Values => _values;

    /// <summary>How many of <see cref="Values"/>, from the first on, stand in <c>keypoints</c> itself.</summary>
    internal int MainValues => Math.Max(0, Math.Min(_main, _values.Length));

    /// <summary>True where <c>keypoints</c> was there at all.</summary>
    internal bool Any => _main >= 0;

    internal void Clear()
    {
        Array.Clear(_values);
        (_main, _parts) = (-1, 0);
    }

    /// <summary>Reads a member if it holds joints.</summary>
    internal bool Read(JsonScanner json, ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("keypoints"u8))
        {
            // Parts that were read before lie behind the body and must stay.
            var parts = _parts > 0 ? _values[(Body * 3)..] : null;
            _main = json.Numbers(_values, "a joint");
            parts?.CopyTo(_values, Body * 3);
            return true;
        }

        if (skeleton.Count != WholeBody) return false;
        if (key.SequenceEqual("foot_kpts"u8)) return ReadPart(json, Body, 6);
        if (key.SequenceEqual("face_kpts"u8)) return ReadPart(json, 23, 68);
        if (key.SequenceEqual("lefthand_kpts"u8)) return ReadPart(json, 91, 21);
        return key.SequenceEqual("righthand_kpts"u8) && ReadPart(json, 112, 21);
    }

    /// <summary>What is wrong with the record's joints, or null.</summary>
    internal string? Problem()
    {
        if (_main < 0) return "there are no keypoints";
        if (_main == _values.Length) return null;
        if (skeleton.Count == WholeBody && _main == Body * 3)
        {
            return _parts == 4 ? null : "foot_kpts, face_kpts, lefthand_kpts and righthand_kpts do not stand beside the 17 keypoints";
        }

        return $"{_main} values for {skeleton.Count} joints, where {_values.Length} belong (x, y and flag or score); is it {skeleton.Name}?";
    }

    private bool ReadPart(JsonScanner json, int from, int joints)
    {
        var count = json.Numbers(_values.AsSpan(from * 3, joints * 3), "a joint");
        if (count != joints * 3) throw json.Fail($"{count} values for a part of {joints} joints, where {joints * 3} belong");
        _parts++;
        return true;
    }
}
