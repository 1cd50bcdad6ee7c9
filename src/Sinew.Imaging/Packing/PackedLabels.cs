using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Imaging;

/// <summary>A data set's labels while its pictures are packed: the same people, with the members' names, shrunk where their pictures are.</summary>
internal sealed class PackedLabels
{
    private readonly PoseData _data;
    private readonly ImageGroups _groups;
    private readonly string?[] _names;
    private readonly float[] _keypoints;
    private readonly JointState[] _states;

    /// <summary>Copies the labels.</summary>
    public PackedLabels(PoseData source)
    {
        var joints = source.Skeleton.Count;
        (_keypoints, _states, _names) = (new float[source.People.Count * joints * 2], new JointState[source.People.Count * joints], new string?[source.Images.Count]);
        for (var p = 0; p < source.People.Count; p++)
        {
            source.KeypointsOf(p).CopyTo(_keypoints.AsSpan(p * joints * 2));
            source.StatesOf(p).CopyTo(_states.AsSpan(p * joints));
        }

        var (images, people) = (source.Images, source.People);
        _data = new PoseData(
            source.Skeleton,
            images with { Widths = [.. images.Widths], Heights = [.. images.Heights] },
            people with { Boxes = [.. people.Boxes], Areas = [.. people.Areas], HeadSizes = Copy(people.HeadSizes), Squares = Copy(people.Squares) },
            _keypoints,
            _states);
        _groups = _data.GroupByImage();
    }

    /// <summary>How many people are on an image.</summary>
    public int PeopleOf(int image) => _groups[image].Length;

    /// <summary>Takes an image in: its name in the shard and its size, which its people follow.</summary>
    /// <param name="image">Row of the image.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="picture">The picture.</param>
    /// <returns>Its record, as a sample has it.</returns>
    public byte[] Take(int image, string name, PackedPicture picture)
    {
        _names[image] = name;
        var images = _data.Images;
        if (picture.IsShrunk || images.Widths[image] <= 0 || images.Heights[image] <= 0) (images.Widths[image], images.Heights[image]) = (picture.Width, picture.Height);
        if (picture.IsShrunk)
        {
            foreach (var person in _groups[image]) Scale(person, (double)picture.Width / picture.FullWidth, (double)picture.Height / picture.FullHeight);
        }

        return CocoWriter.Sample(_data, image, _groups[image], name);
    }

    /// <summary>The labels of the images that were taken in.</summary>
    public PoseData Build()
    {
        var (names, rows, rowOf) = (new StringColumn.Builder(), new List<int>(), new int[_names.Length]);
        for (var i = 0; i < _names.Length; i++)
        {
            rowOf[i] = _names[i] is null ? -1 : rows.Count;
            if (_names[i] is not { } name) continue;
            names.Add(name);
            rows.Add(i);
        }

        T[] Taken<T>(T[] column) => [.. rows.Select(i => column[i])];
        var images = new ImageTable(Taken(_data.Images.Ids), names.Build(), Taken(_data.Images.Widths), Taken(_data.Images.Heights))
        {
            CrowdIndices = _data.Images.CrowdIndices is { } indices ? Taken(indices) : null,
        };
        int[] kept = [.. Enumerable.Range(0, _data.People.Count).Where(p => rowOf[_data.People.Image[p]] >= 0)];
        var people = _data.Select(kept);
        return new PoseData(
            _data.Skeleton,
            images,
            people.People with { Image = [.. people.People.Image.Select(i => rowOf[i])] },
            Rows(_keypoints, kept, _data.Skeleton.Count * 2),
            Rows(_states, kept, _data.Skeleton.Count));
    }

    /// <summary>A number that other labels do not have.</summary>
    public static string Fingerprint(PoseData data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var joint in data.Skeleton.Joints) hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{joint.Name} {joint.Id}\n"));
        Add(data.Images.Ids);
        Add(data.Images.Widths);
        Add(data.Images.Heights);
        for (var i = 0; i < data.Images.Count; i++)
        {
            hash.AppendData(data.Images.FileNames.Utf8(i));
            hash.AppendData("\n"u8);
        }

        Add(data.People.Ids);
        Add(data.People.Image);
        Add(data.People.Boxes);
        Add(data.People.Areas);
        Add(data.People.Crowd);
        for (var p = 0; p < data.People.Count; p++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(data.KeypointsOf(p)));
            hash.AppendData(MemoryMarshal.AsBytes(data.StatesOf(p)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add<T>(T[] column)
            where T : unmanaged => hash.AppendData(MemoryMarshal.AsBytes(column.AsSpan()));
    }

    // Pixels' centres are at integers, so a place moves by half a pixel more or less than by its factor.
    private void Scale(int person, double x, double y)
    {
        var map = new Affine(x, 0, (x - 1) / 2, 0, y, (y - 1) / 2);
        var (people, side) = (_data.People, Math.Sqrt(x * y));
        var box = people.Boxes[person];
        var (left, top) = map.Apply(box.X, box.Y);
        people.Boxes[person] = new Box((float)left, (float)top, (float)(box.Width * x), (float)(box.Height * y));
        people.Areas[person] *= x * y;
        if (people.HeadSizes is { } heads) heads[person] *= side;
        if (people.Squares is { } squares)
        {
            var (centerX, centerY) = map.Apply(squares[person].CenterX, squares[person].CenterY);
            squares[person] = new PersonSquare((float)centerX, (float)centerY, (float)(squares[person].Side * side));
        }

        var joints = _data.Skeleton.Count;
        for (var j = person * joints; j < (person + 1) * joints; j++)
        {
            if (_states[j] < JointState.Occluded) continue;
            var (jointX, jointY) = map.Apply(_keypoints[2 * j], _keypoints[(2 * j) + 1]);
            (_keypoints[2 * j], _keypoints[(2 * j) + 1]) = ((float)jointX, (float)jointY);
        }
    }

    private static T[]? Copy<T>(T[]? column) => column is null ? null : [.. column];

    private static T[] Rows<T>(T[] column, int[] rows, int width)
    {
        var some = new T[rows.Length * width];
        for (var i = 0; i < rows.Length; i++) column.AsSpan(rows[i] * width, width).CopyTo(some.AsSpan(i * width));
        return some;
    }
}
