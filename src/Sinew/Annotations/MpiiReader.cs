using System.Text;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>
/// Reads MPII as MMPose hands it on: a list of people, each with <c>image</c>, <c>center</c>, <c>scale</c>, <c>joints</c> ([16, 2]) and
/// <c>joints_vis</c> ([16]), and optionally <c>head_size</c> in pixels. The form of the stacked hourglass's files, which has <c>labelled</c> in place
/// of <c>joints_vis</c>, is read too.
/// </summary>
/// <remarks>
/// <para>
/// The file counts pixels from 1 (it comes from MATLAB): 1 is subtracted from joints and centres, so that they are in the space of the
/// pixels, of predictions and of all other data sets. (MMPose 1.x shifts the centre alone and adds 1 to predictions when it scores.)
/// </para>
/// <para>
/// As in MMPose, the square around a person is 200 · scale wide, its centre moved down by 15 · scale so that no feet are cut
/// (<c>mmpose/datasets/datasets/body/mpii_dataset.py</c>); it is the person's box and is kept in <see cref="PeopleTable.Squares"/>. The
/// area is 0.53 of it, at least 1. The hourglass's form has moved its centre already and made its scale 1.25 times as large, which is undone.
/// </para>
/// <para>
/// A person's id is the number of the record; an image's id the number that its file name is, else minus the number of its first record, minus 1.
/// Widths and heights are 0: the format has none.
/// </para>
/// </remarks>
public sealed class MpiiReader
{
    private const double PixelsPerScale = 200;
    private const double DownShift = 15;
    private const double HourglassPadding = 1.25;

    private readonly JsonScanner _json;
    private readonly ReadReport _report;
    private readonly Skeleton _skeleton;
    private readonly AnnotationColumns _columns;
    private readonly Dictionary<string, long> _imageIds = new(StringComparer.Ordinal);
    private readonly PersonRecord _person = new();
    private readonly NumberList _joints = new();
    private readonly NumberList _visible = new();
    private readonly NumberList _center = new();
    private readonly NumberList _triples = new();

    private MpiiReader(JsonScanner json, ReadOptions options, ReadReport report)
    {
        (_json, _report) = (json, report);
        _skeleton = options.Skeleton ?? BuiltInSkeletons.Get("mpii16");
        _columns = new AnnotationColumns(json.File, options, report) { Joints = _skeleton.Count };
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing, no such JSON, truncated, or has a wrong record that is not to be skipped.</exception>
    public static PoseData Read(string path, ReadOptions? options = null) => Read(path, options, out _);

    /// <summary>Reads a file and says what was found in it.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <param name="report">What was found.</param>
    /// <exception cref="SinewException">The file is missing, no such JSON, truncated, or has a wrong record that is not to be skipped.</exception>
    public static PoseData Read(string path, ReadOptions? options, out ReadReport report)
    {
        ArgumentNullException.ThrowIfNull(path);
        report = new ReadReport();
        using var json = JsonScanner.Open(path);
        return new MpiiReader(json, options ?? new ReadOptions(), report).ReadFile();
    }

    private PoseData ReadFile()
    {
        (_json.Section, _json.Record) = ("people", 0);
        _json.Expect('[');
        var first = true;
        for (; _json.NextElement(ref first); _json.Record++)
        {
            if (_json.Peek() != '{') throw _json.Error("not an object");
            _report.Records++;
            ReadPerson(_json.Record);
        }

        _json.ExpectEnd();
        _report.Format = AnnotationFormat.Mpii;
        return _columns.Finish(new Finishing { Skeleton = _skeleton, Section = "people" });
    }

    private void ReadPerson(int record)
    {
        _joints.Clear();
        _visible.Clear();
        _center.Clear();
        string? image = null;
        double? scale = null;
        double? head = null;
        var (numbers, hourglass) = (true, false);
        _json.Expect('{');
        var first = true;
        while (_json.NextKey(ref first))
        {
            var key = _json.Key;
            if (key.SequenceEqual("joints"u8)) numbers &= _json.TryNumbers(_joints);
            else if (key.SequenceEqual("joints_vis"u8)) numbers &= _json.TryNumbers(_visible);
            else if (key.SequenceEqual("labelled"u8)) (numbers, hourglass) = (numbers & _json.TryNumbers(_visible), true);
            else if (key.SequenceEqual("center"u8)) numbers &= _json.TryNumbers(_center);
            else if (key.SequenceEqual("scale"u8)) scale = _json.TryNumber(out var value) ? value : null;
            else if (key.SequenceEqual("head_size"u8)) head = _json.TryNumber(out var size) ? size : null;
            else if (key.SequenceEqual("image"u8) && _json.Peek() == '"') image = Encoding.UTF8.GetString(_json.Text());
            else _json.SkipValue();
        }

        if (!numbers || image is null || scale is null || _center.Count != 2)
        {
            Bad(record, BadRecord.Malformed, "image, center, scale, joints or joints_vis is missing or of the wrong type");
        }
        else if (_joints.Count != _skeleton.Count * 2 || _visible.Count != _skeleton.Count)
        {
            Bad(record, BadRecord.JointCount, $"{_joints.Count / 2} joints and {_visible.Count} joints_vis, not {_skeleton.Count}");
        }
        else if (SetSquare(record, scale.Value, hourglass) && SetHead(record, head) && SetJoints(record))
        {
            (_person.Id, _person.Image) = (record, ImageId(image, record));
            _columns.AddPerson(_person, record);
        }
    }

    private bool SetSquare(int record, double scale, bool hourglass)
    {
        var (x, y) = (_center.Values[0], _center.Values[1]);
        // The format writes −1 where there is no centre, and MMPose leaves that one where it is.
        if (x != -1 && !hourglass) y += DownShift * scale;
        var side = scale * PixelsPerScale / (hourglass ? HourglassPadding : 1);
        if (!double.IsFinite(x) || !double.IsFinite(y) || !(side > 0) || !float.IsFinite((float)side))
        {
            return Bad(record, BadRecord.NotFinite, "a center that is not finite, or a scale not above 0");
        }

        _person.Square = new PersonSquare((float)(x - 1), (float)(y - 1), (float)side);
        _person.Box = new Box((float)(x - 1 - (side / 2)), (float)(y - 1 - (side / 2)), (float)side, (float)side);
        _person.Area = Math.Max(1, CocoReader.AreaOfBox * side * side);
        return true;
    }

    private bool SetHead(int record, double? size)
    {
        _person.HeadSize = size;
        return size is null || (float)size is > 0 and < float.PositiveInfinity || Bad(record, BadRecord.NotFinite, "a head_size that is not finite, or not above 0");
    }

    private bool SetJoints(int record)
    {
        _triples.Clear();
        for (var j = 0; j < _skeleton.Count; j++)
        {
            _triples.Add(_joints.Values[2 * j] - 1);
            _triples.Add(_joints.Values[(2 * j) + 1] - 1);
            _triples.Add(_visible.Values[j] > 0 ? 2 : _visible.Values[j]);
        }

        return _person.SetJoints(_triples.Values) || Bad(record, BadRecord.NotFinite, "a joint that is not finite");
    }

    private long ImageId(string image, int record)
    {
        if (_imageIds.TryGetValue(image, out var id)) return id;
        if (!long.TryParse(Path.GetFileNameWithoutExtension(image), out id) || id < 0 || _columns.HasImage(id)) id = -1L - record;
        _imageIds.Add(image, id);
        _columns.AddImage(id, Encoding.UTF8.GetBytes(image), 0, 0, null, $"people[{record}]");
        return id;
    }

    private bool Bad(int record, BadRecord reason, string what)
    {
        _columns.Bad(reason, $"people[{record}]", what);
        return false;
    }
}
