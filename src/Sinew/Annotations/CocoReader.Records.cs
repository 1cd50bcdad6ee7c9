using System.Text;
using Sinew.Geometry;

namespace Sinew.Annotations;

public sealed partial class CocoReader
{
    private const int MostNames = 4096;

    private byte[] _fileName = new byte[256];
    private int _fileNameLength;

    /// <summary>
    /// Reads a file's <c>info</c>. Files that this library wrote state their pixel origin: they are plain COCO whatever their joints' names.
    /// </summary>
    /// <returns>Whether pixels count from 0; null where it does not say.</returns>
    internal static bool? CountsFromZero(JsonScanner json)
    {
        if (json.Peek() != '{')
        {
            json.SkipValue();
            return null;
        }

        json.Expect('{');
        bool? counts = null;
        var first = true;
        while (json.NextKey(ref first))
        {
            if (json.Key.SequenceEqual("pixel_origin"u8)) counts = json.TryWhole(out var origin) && origin == 0;
            else json.SkipValue();
        }

        return counts;
    }

    private void ReadCategory(int record)
    {
        _json.Expect('{');
        var first = true;
        long? id = null;
        var person = false;
        var names = new List<string>();
        var limbs = new NumberList();
        while (_json.NextKey(ref first))
        {
            if (_json.Key.SequenceEqual("id"u8)) id = _json.TryWhole(out var value) ? value : null;
            else if (_json.Key.SequenceEqual("name"u8) && _json.Peek() == '"') person = _json.Text().SequenceEqual("person"u8);
            else if (_json.Key.SequenceEqual("keypoints"u8)) ReadNames(names);
            else if (_json.Key.SequenceEqual("skeleton"u8)) _json.TryNumbers(limbs);
            else _json.SkipValue();
        }

        if (id is null) throw _json.Error("a category without id");
        var pairs = Enumerable.Range(0, limbs.Count / 2).Select(i => (Index(limbs.Values[2 * i]), Index(limbs.Values[(2 * i) + 1])));
        _categories.Add(new Category(id.Value, person, names, [.. pairs]));

        // COCO counts joints from 1 here.
        static int Index(double number) => number is >= 1 and <= MostNames ? (int)number - 1 : -1;
    }

    private void ReadNames(List<string> names)
    {
        if (_json.Peek() != '[')
        {
            _json.SkipValue();
            return;
        }

        _json.Expect('[');
        var first = true;
        while (_json.NextElement(ref first))
        {
            if (_json.Peek() != '"' || names.Count == MostNames) throw _json.Error($"keypoints must be up to {MostNames} names");
            names.Add(Encoding.UTF8.GetString(_json.Text()));
        }
    }

    private void ReadImage(int record)
    {
        _fields.Clear();
        _json.Expect('{');
        var (first, infinite) = (true, false);
        while (_json.NextKey(ref first))
        {
            var key = _json.Key;
            switch (key.Length)
            {
                case 2 when key.SequenceEqual("id"u8):
                    _fields.Id = Whole("id");
                    break;
                case 5 when key.SequenceEqual("width"u8):
                    _fields.Width = Size("width");
                    break;
                case 6 when key.SequenceEqual("height"u8):
                    _fields.Height = Size("height");
                    break;
                case 9 when key.SequenceEqual("file_name"u8):
                    ReadFileName();
                    break;
                case 10 when key.SequenceEqual("crowdIndex"u8):
                    _fields.CrowdIndex = _json.TryNumber(out var index) ? index : null;
                    infinite |= _fields.CrowdIndex is not null && !double.IsFinite(index);
                    break;
                default:
                    _json.SkipValue();
                    break;
            }
        }

        if (infinite)
        {
            _columns.Bad(BadRecord.NotFinite, $"images[{record}]", "a crowdIndex that is not finite");
        }
        else if (_fields.Wrong is null && _fields.Id is { } id && _fields.HasName)
        {
            _columns.AddImage(id, _fileName.AsSpan(0, _fileNameLength), _fields.Width, _fields.Height, _fields.CrowdIndex, $"images[{record}]");
        }
        else
        {
            _columns.Bad(BadRecord.Malformed, $"images[{record}]", _fields.Wrong ?? (_fields.Id is null ? "no id" : "no file_name"));
        }
    }

    private void ReadFileName()
    {
        if (_json.Peek() != '"')
        {
            _json.SkipValue();
            return;
        }

        var name = _json.Text();
        if (name.Length > _fileName.Length) Array.Resize(ref _fileName, name.Length);
        name.CopyTo(_fileName);
        _fileNameLength = name.Length;
        _fields.HasName = name.Length > 0;
    }

    private void ReadPerson(int record)
    {
        _report.Records++;
        _fields.Clear();
        (_person.Category, _person.Crowd, _person.LabelledCount, _person.Track, _person.ValidParts) =
            (PersonRecord.AnyCategory, false, null, null, null);
        (_person.Square, _person.HeadSize) = (null, null);
        _json.Expect('{');
        var first = true;
        while (_json.NextKey(ref first)) ReadPersonField(_json.Key);
        if (_fields.Wrong is not null || _fields.Id is null || _fields.Image is null)
        {
            Bad(record, BadRecord.Malformed, _fields.Wrong ?? (_fields.Id is null ? "no id" : "no image_id"));
            return;
        }

        if (_options.Category is { } wanted && wanted != _person.Category && _person.Category != PersonRecord.AnyCategory)
        {
            _report.OtherCategory++;
            return;
        }

        if (_fields.Joints.Count == 0 || (_fields.Box.Count == 0 && (_fields.Center.Count == 0 || _fields.Scale is null)))
        {
            _report.Incomplete++;
            return;
        }

        (_person.Id, _person.Image) = (_fields.Id.Value, _fields.Image.Value);
        if (SetBox(record) && SetJoints(record)) _columns.AddPerson(_person, record);
    }

    private void ReadPersonField(ReadOnlySpan<byte> key)
    {
        switch (key.Length)
        {
            case 2 when key.SequenceEqual("id"u8):
                _fields.Id = Whole("id");
                return;
            case 4 when key.SequenceEqual("bbox"u8):
                Numbers(_fields.Box, "bbox");
                return;
            case 4 when key.SequenceEqual("area"u8):
                _fields.Area = _json.TryNumber(out var area) ? area : null;
                return;
            case 5 when key.SequenceEqual("scale"u8):
                _fields.Scale = _json.TryNumber(out var scale) ? scale : null;
                return;
            case 6 when key.SequenceEqual("center"u8):
                _json.TryNumbers(_fields.Center);
                return;
            case 7 when key.SequenceEqual("iscrowd"u8):
                _person.Crowd = _json.TryFlag(out var crowd) && crowd;
                return;
            case 7 when key.SequenceEqual("headbox"u8):
                _json.TryNumbers(_fields.HeadBox);
                return;
            case 8 when key.SequenceEqual("image_id"u8):
                _fields.Image = Whole("image_id");
                return;
            case 8 when key.SequenceEqual("track_id"u8):
                _person.Track = _json.TryWhole(out var track) ? (int)long.Clamp(track, int.MinValue, int.MaxValue) : null;
                return;
            case 9 when key.SequenceEqual("keypoints"u8):
                Numbers(_fields.Joints, "keypoints");
                return;
            case 9 when key.SequenceEqual("foot_kpts"u8):
                Numbers(_fields.Foot, "foot_kpts");
                return;
            case 9 when key.SequenceEqual("face_kpts"u8):
                Numbers(_fields.Face, "face_kpts");
                return;
            case 10 when key.SequenceEqual("foot_valid"u8):
                ReadValid(ValidParts.Foot);
                return;
            case 10 when key.SequenceEqual("face_valid"u8):
                ReadValid(ValidParts.Face);
                return;
            case 11 when key.SequenceEqual("category_id"u8):
                _person.Category = _json.TryWhole(out var category) ? category : PersonRecord.AnyCategory;
                return;
            case 13 when key.SequenceEqual("num_keypoints"u8):
                _person.LabelledCount = _json.TryWhole(out var count) ? (int)long.Clamp(count, 0, int.MaxValue) : null;
                if (count is < 0 or > int.MaxValue) _fields.Wrong ??= "num_keypoints is no number of joints";
                return;
            case 13 when key.SequenceEqual("lefthand_kpts"u8):
                Numbers(_fields.LeftHand, "lefthand_kpts");
                return;
            case 14 when key.SequenceEqual("righthand_kpts"u8):
                Numbers(_fields.RightHand, "righthand_kpts");
                return;
            case 14 when key.SequenceEqual("lefthand_valid"u8):
                ReadValid(ValidParts.LeftHand);
                return;
            case 15 when key.SequenceEqual("righthand_valid"u8):
                ReadValid(ValidParts.RightHand);
                return;
            default:
                _json.SkipValue();
                return;
        }
    }

    private bool SetBox(int record)
    {
        if (_fields.HeadBox.Count == 4)
        {
            var size = HeadSize(_fields.HeadBox.Values);
            if (!float.IsFinite((float)size)) return Bad(record, BadRecord.NotFinite, "a headbox that is not finite");
            _person.HeadSize = size;
        }

        double x, y, width, height;
        if (_fields.Box.Count > 0)
        {
            if (_fields.Box.Count != 4) return Bad(record, BadRecord.Malformed, $"a bbox of {_fields.Box.Count} numbers, not 4");
            (x, y, width, height) = (_fields.Box.Values[0], _fields.Box.Values[1], _fields.Box.Values[2], _fields.Box.Values[3]);
        }
        else
        {
            if (_fields.Center.Count != 2 || !(_fields.Scale > 0)) return Bad(record, BadRecord.Malformed, "a center that is no point, or a scale not above 0");
            width = height = SideOf(_fields.Scale.Value);
            (x, y) = (_fields.Center.Values[0] - (width / 2), _fields.Center.Values[1] - (height / 2));
            _person.Square = new PersonSquare((float)_fields.Center.Values[0] - 1, (float)_fields.Center.Values[1] - 1, (float)width);
        }

        _person.Box = new Box((float)x, (float)y, (float)width, (float)height);
        _person.Area = _fields.Area ?? AreaOfBox * width * height;
        if (!float.IsFinite(_person.Box.X) || !float.IsFinite(_person.Box.Y) || !float.IsFinite(_person.Box.Area) || !double.IsFinite(_person.Area))
        {
            return Bad(record, BadRecord.NotFinite, "a box or area that is not finite");
        }

        if (_fields.Area < 0) return Bad(record, BadRecord.Box, "an area below 0");
        return (width >= 0 && height >= 0)
            || Bad(record, BadRecord.Box, $"a box {AnnotationColumns.Describe(_person.Box)} of negative extent");
    }

    private bool SetJoints(int record)
    {
        // With the whole body's lists beside it, "keypoints" is a part, unless the skeleton or the category's first person has no more joints.
        var body = _fields.Joints.Count;
        var settled = _columns.Joints > 0 ? _columns.Joints : _jointsOfCategory.GetValueOrDefault(_person.Category);
        if (settled * 3 != body)
        {
            foreach (var part in (ReadOnlySpan<NumberList>)[_fields.Foot, _fields.Face, _fields.LeftHand, _fields.RightHand])
            {
                foreach (var value in part.Values) _fields.Joints.Add(value);
            }
        }

        var count = _fields.Joints.Count;
        if (count % 3 != 0) return Bad(record, BadRecord.JointCount, $"{count} numbers in keypoints, not three per joint");
        _jointsOfCategory.TryAdd(_person.Category, count / 3);
        return _person.SetJoints(_fields.Joints.Values) || Bad(record, BadRecord.NotFinite, "a joint that is not finite");
    }

    private bool Bad(int record, BadRecord reason, string what)
    {
        _columns.Bad(reason, _fields.Id is { } id ? $"{Annotations}[{record}] (id {id})" : $"{Annotations}[{record}]", what);
        return false;
    }

    private void ReadValid(ValidParts part)
    {
        _person.ValidParts ??= ValidParts.None;
        if (_json.TryFlag(out var valid) && valid) _person.ValidParts |= part;
    }

    private long? Whole(string field)
    {
        if (_json.TryWhole(out var value)) return value;
        _fields.Wrong ??= $"{field} is no whole number";
        return null;
    }

    private int Size(string field)
    {
        if (_json.TryWhole(out var value) && value is >= 0 and <= int.MaxValue) return (int)value;
        _fields.Wrong ??= $"{field} is no number of pixels";
        return 0;
    }

    private void Numbers(NumberList list, string field)
    {
        if (!_json.TryNumbers(list)) _fields.Wrong ??= $"{field} is no list of numbers";
    }
}
