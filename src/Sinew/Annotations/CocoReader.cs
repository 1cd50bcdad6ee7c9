using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>
/// Reads label files of COCO's outline: <c>images</c>, <c>annotations</c> and <c>categories</c>, in any order, gzip or plain. Nothing of
/// the file is kept but its columns.
/// </summary>
/// <remarks>
/// <para>A joint's flag 0 is <see cref="JointState.Unlabelled"/>, 1 <see cref="JointState.Occluded"/>, 2 <see cref="JointState.Visible"/>; PoseTrack's 1 is visible.</para>
/// <para>A person without <c>area</c> gets 0.53 · width · height of the box: the rule of CrowdPose's evaluation and of MMPose.</para>
/// <para>Boxes are as in the file, not clipped; a box that lies wholly outside its image is wrong.</para>
/// <para>JHMDB and MPII-TRB count pixels from 1: 1 is subtracted (MMPose does so for JHMDB alone, though MPII-TRB's joints are MPII's).</para>
/// <para>
/// MPII-TRB gives a centre and a zoom, which is 0.8286 over MPII's own scale for the same person: the box is the square of side
/// 200 · 0.8286 / zoom, MPII's. (MMPose multiplies by the zoom where it should divide, and gets boxes of a few pixels for large people.)
/// </para>
/// <para>
/// COCO-WholeBody's five lists are joined to 133 joints, unless the options' skeleton has only as many joints as <c>keypoints</c>.
/// </para>
/// </remarks>
public sealed partial class CocoReader
{
    /// <summary>The area of a person as a fraction of the box where the file has no area.</summary>
    public const double AreaOfBox = 0.53;

    private const string Annotations = "annotations";
    private const double TrbZoom = 0.8286;

    private readonly JsonScanner _json;
    private readonly ReadOptions _options;
    private readonly ReadReport _report;
    private readonly AnnotationColumns _columns;
    private readonly List<Category> _categories = [];
    private readonly Dictionary<long, int> _jointsOfCategory = [];
    private readonly PersonRecord _person = new();
    private readonly Fields _fields = new();
    private bool _plain;

    private CocoReader(JsonScanner json, ReadOptions options, ReadReport report)
    {
        (_json, _options, _report) = (json, options, report);
        _columns = new AnnotationColumns(json.File, options, report) { Joints = options.Skeleton?.Count ?? 0 };
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
        using var json = JsonScanner.Open(path);
        return Read(json, options ?? new ReadOptions(), out report);
    }

    /// <summary>Reads a file that has been opened and of which nothing is consumed.</summary>
    internal static PoseData Read(JsonScanner json, ReadOptions options, out ReadReport report)
    {
        report = new ReadReport();
        return new CocoReader(json, options, report).ReadFile();
    }

    /// <summary>What is added to labelled joints and boxes of files with these joints: −1 where they count pixels from 1.</summary>
    internal static int PixelOffset(Skeleton skeleton) => PixelOffset(FormatOf(skeleton));

    /// <summary>The side of the square around a person that MPII-TRB gives a zoom instead of a box.</summary>
    internal static double SideOf(double zoom) => 200 * TrbZoom / zoom;

    /// <summary>The size of a head by its box: 0.6 of the diagonal.</summary>
    /// <param name="corners">Left, top, right and bottom.</param>
    internal static double HeadSize(ReadOnlySpan<double> corners)
    {
        var (width, height) = (corners[2] - corners[0], corners[3] - corners[1]);
        return 0.6 * Math.Sqrt((width * width) + (height * height));
    }

    private PoseData ReadFile()
    {
        _json.Expect('{');
        var (first, images, people) = (true, false, false);
        while (_json.NextKey(ref first))
        {
            if (_json.Key.SequenceEqual("images"u8)) images = ReadList("images", ReadImage);
            else if (_json.Key.SequenceEqual("annotations"u8)) people = ReadList(Annotations, ReadPerson);
            else if (_json.Key.SequenceEqual("categories"u8)) ReadList("categories", ReadCategory);
            else if (_json.Key.SequenceEqual("info"u8)) _plain = CountsFromZero(_json) ?? _plain;
            else _json.SkipValue();
        }

        _json.ExpectEnd();
        if (!images || !people) throw _json.Error($"no list '{(images ? Annotations : "images")}': this is no label file of COCO's outline");
        return Finish();
    }

    private bool ReadList(string section, Action<int> readRecord)
    {
        (_json.Section, _json.Record) = (section, 0);
        _json.Expect('[');
        var first = true;
        for (; _json.NextElement(ref first); _json.Record++)
        {
            if (_json.Peek() != '{') throw _json.Error("not an object");
            readRecord(_json.Record);
        }

        (_json.Section, _json.Record) = ("", -1);
        return true;
    }

    private PoseData Finish()
    {
        var category = _options.Category ?? (_options.Skeleton is { } given ? People(given) : People())?.Id;
        var names = _categories.Find(c => c.Id == category);
        if (_options.Skeleton is { } own && names is not null && SkeletonNames.Misplaced(names.Names, own) is { } misplaced) throw _json.Error(misplaced);
        if (_columns.Joints == 0) _columns.Joints = _columns.FirstJoints(category, joints => Plausible(joints, names)) ?? names?.Names.Count ?? 1;
        var skeleton = _options.Skeleton ?? SkeletonOf(names);
        var format = _options.Format != AnnotationFormat.Auto ? _options.Format : FormatOf(skeleton);
        if (_options.Format == AnnotationFormat.Auto && format == AnnotationFormat.Coco && _columns.HasCrowdIndices) format = AnnotationFormat.CrowdPose;
        if (skeleton.Count != _columns.Joints)
        {
            throw _json.Error($"its people have {_columns.Joints} joints, but the skeleton '{skeleton.Name}' has {skeleton.Count}");
        }

        (_report.Format, _report.Category) = (_plain ? AnnotationFormat.Coco : format, category);
        return _columns.Finish(new Finishing
        {
            Skeleton = skeleton,
            Section = Annotations,
            Category = category,
            CheckBoxes = format != AnnotationFormat.MpiiTrb,
            MendSwappedSizes = format == AnnotationFormat.CrowdPose,
            PixelOffset = _plain ? 0 : PixelOffset(format),
            FlagOneIsVisible = !_plain && format == AnnotationFormat.PoseTrack18,
        });
    }

    // The category named "person" if it names joints or has any, or else the first whose joints are named; a file of one category without
    // names is read whole.
    private Category? People() =>
        _categories.Find(c => c.IsPerson && c.Names.Count > 0)
        ?? _categories.Find(c => c.IsPerson && _categories.Count > 1 && _columns.FirstJoints(c.Id, _ => true) is not null)
        ?? _categories.Find(c => c.Names.Count > 0)
        ?? (_categories.Count > 1 ? _categories.Find(c => c.IsPerson) : null);

    // Of several categories, the one that has the joints that are asked for.
    private Category? People(Skeleton skeleton)
    {
        var usual = People() is { } people ? _categories.IndexOf(people) : -1;
        var category = SkeletonNames.CategoryOf([.. _categories.Select(c => c.Names)], usual, skeleton);
        return category < 0 ? null : _categories[category];
    }

    // The first person settles how many joints all have, but not against the category's names, unless it is a known skeleton's number.
    private static bool Plausible(int joints, Category? category) =>
        category is null || category.Names.Count == 0 || category.Names.Count == joints || SkeletonNames.ByCount(joints) is not null;

    private Skeleton SkeletonOf(Category? category)
    {
        var joints = _columns.Joints;
        var name = (_options.Format, joints) switch
        {
            (AnnotationFormat.CocoWholeBody, 133) => "coco-wholebody133",
            (AnnotationFormat.CrowdPose, 14) => "crowdpose14",
            (AnnotationFormat.Aic, 14) => "aic14",
            (AnnotationFormat.Halpe, 136) => "halpe136",
            (AnnotationFormat.Halpe, 26) => "halpe26",
            (AnnotationFormat.PoseTrack18, 17) => "posetrack18",
            (AnnotationFormat.OcHuman, 17) => "ochuman17",
            (AnnotationFormat.Jhmdb, 15) => "jhmdb15",
            (AnnotationFormat.MpiiTrb, 40) => "mpii-trb40",
            _ => null,
        };
        if (name is not null) return BuiltInSkeletons.Get(name);
        if (category is not null && category.Names.Count == joints)
        {
            return SkeletonNames.Match(category.Names) ?? SkeletonNames.Make(Path.GetFileNameWithoutExtension(_json.File), category.Names, category.Limbs)
                ?? throw _json.Error($"the names of category {category.Id} are not distinct: name a skeleton");
        }

        return SkeletonNames.ByCount(joints) is { } builtIn
            ? builtIn
            : throw _json.Error($"its people have {joints} joints, its category names {category?.Names.Count ?? 0}: name a skeleton");
    }

    private static int PixelOffset(AnnotationFormat format) => format is AnnotationFormat.Jhmdb or AnnotationFormat.MpiiTrb ? -1 : 0;

    private static AnnotationFormat FormatOf(Skeleton skeleton) => skeleton.Name switch
    {
        "jhmdb15" => AnnotationFormat.Jhmdb,
        "mpii-trb40" => AnnotationFormat.MpiiTrb,
        "posetrack18" => AnnotationFormat.PoseTrack18,
        "crowdpose14" => AnnotationFormat.CrowdPose,
        _ => AnnotationFormat.Coco,
    };

    private sealed record Category(long Id, bool IsPerson, IReadOnlyList<string> Names, IReadOnlyList<(int From, int To)> Limbs);

    /// <summary>What the record that is being read has said so far.</summary>
    private sealed class Fields
    {
        public readonly NumberList Joints = new();
        public readonly NumberList Foot = new();
        public readonly NumberList Face = new();
        public readonly NumberList LeftHand = new();
        public readonly NumberList RightHand = new();
        public readonly NumberList Box = new();
        public readonly NumberList Center = new();
        public readonly NumberList HeadBox = new();

        public long? Id { get; set; }

        public long? Image { get; set; }

        public double? Area { get; set; }

        public double? Scale { get; set; }

        public int Width { get; set; }

        public int Height { get; set; }

        public double? CrowdIndex { get; set; }

        public bool HasName { get; set; }

        /// <summary>The first field that is of the wrong type; null while all are right.</summary>
        public string? Wrong { get; set; }

        public void Clear()
        {
            foreach (var list in (ReadOnlySpan<NumberList>)[Joints, Foot, Face, LeftHand, RightHand, Box, Center, HeadBox]) list.Clear();
            (Id, Image, Area, Scale, CrowdIndex, Wrong) = (null, null, null, null, null, null);
            (Width, Height, HasName) = (0, 0, false);
        }
    }
}
