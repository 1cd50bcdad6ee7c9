using Sinew.Annotations;

namespace Sinew.Evaluation;

/// <summary>
/// In which members of a COCO record the joints stand: all in <c>keypoints</c>, or, for COCO-WholeBody's 133, also 17 there
/// and the others in <c>foot_kpts</c>, <c>face_kpts</c>, <c>lefthand_kpts</c> and <c>righthand_kpts</c>.
/// </summary>
/// <param name="joints">How many joints every record has; 0 while that is not known: each record then has its own number.</param>
internal sealed class KeypointLists(int joints)
{
    private const int WholeBody = 133;
    private const int Body = 17;
    private const int Parts = 4;

    private readonly NumberList _list = new();
    private double[] _values = new double[joints * 3];
    private readonly int _settled = joints;
    private int _main;
    private int _parts;
    private bool _whole = joints == WholeBody;

    /// <summary>x, y and flag or score per joint.</summary>
    internal ReadOnlySpan<double> Values => _values.AsSpan(0, Joints * 3);

    /// <summary>How many joints all records have or, while that is not known, the last one read.</summary>
    internal int Joints => _settled > 0 ? _settled : _whole && _main == Body * 3 && _parts == Parts ? WholeBody : Math.Max(0, _main) / 3;

    /// <summary>True where the record's list is there and holds nothing.</summary>
    internal bool IsEmpty => _main == 0;

    /// <summary>How many of <see cref="Values"/>, from the first on, stand in <c>keypoints</c> itself.</summary>
    internal int MainValues => _main;

    internal void Clear() => (_main, _parts) = (-1, 0);

    /// <summary>Reads a member if it holds joints.</summary>
    internal bool Read(JsonScanner json, ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("keypoints"u8))
        {
            if (!json.Numbers("keypoints", _list)) throw json.Error("keypoints are no list of numbers; mend the record");
            _main = _list.Count;
            _whole |= _settled == 0 && _main == WholeBody * 3;
            if (_settled == 0 && _values.Length < _main) Array.Resize(ref _values, _whole ? Math.Max(_main, WholeBody * 3) : _main);
            _list.Values[..Math.Min(_main, _values.Length)].CopyTo(_values);
            return true;
        }

        if (!_whole) return false;
        if (key.SequenceEqual("foot_kpts"u8)) return ReadPart(json, "foot_kpts", Body, 6);
        if (key.SequenceEqual("face_kpts"u8)) return ReadPart(json, "face_kpts", 23, 68);
        if (key.SequenceEqual("lefthand_kpts"u8)) return ReadPart(json, "lefthand_kpts", 91, 21);
        return key.SequenceEqual("righthand_kpts"u8) && ReadPart(json, "righthand_kpts", 112, 21);
    }

    /// <summary>What is wrong with the record's joints, or null.</summary>
    internal string? Problem()
    {
        if (_main < 0) return "there are no keypoints";
        if (_main == 0) return "the list of keypoints is empty; give all joints, or leave the record out";
        if (_settled == 0) return _main % 3 == 0 ? null : $"{_main} values in keypoints, which are not three (x, y and flag or score) per joint; mend the record";
        if (_main == _settled * 3) return null;
        if (_settled == WholeBody && _main == Body * 3)
        {
            return _parts == Parts ? null : "foot_kpts, face_kpts, lefthand_kpts or righthand_kpts is missing beside the 17 keypoints";
        }

        return Misfit(_main, _settled);
    }

    /// <summary>What is wrong with a record of another number of joints.</summary>
    internal static string Misfit(int values, int joints) =>
        $"{values} values in keypoints, where {joints} joints have {joints * 3} (x, y and flag or score); is it another skeleton?";

    private bool ReadPart(JsonScanner json, string name, int from, int count)
    {
        if (!json.Numbers(name, _list) || _list.Count != count * 3) throw json.Error($"{name} must be a list of {count * 3} numbers; mend the record");
        _list.Values.CopyTo(_values.AsSpan(from * 3));
        _parts++;
        return true;
    }
}
