using System.Diagnostics;
using Sinew.Codecs;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Export;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Export;

/// <summary>Exported networks in ONNX Runtime against the same networks in libtorch.</summary>
public sealed class OnnxExportTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly OnnxOptions TwoThreads = new() { Threads = 2, Spin = false };
    private readonly TempFolder _folder = new();

    public OnnxExportTests()
    {
        try
        {
            OnnxRuntime.Get();
        }
        catch (SinewException e) when (e.Message.Contains("was not found", StringComparison.Ordinal))
        {
            Assert.Skip("needs ONNX Runtime's library (eng/get-onnxruntime.sh)");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t", 17, 192, 256)]
    [InlineData("t", 133, 288, 384)]
    [InlineData("s", 21, 288, 384)]
    [InlineData("m", 21, 192, 256)]
    [InlineData("l", 133, 192, 256)]
    [InlineData("x", 17, 288, 384)]
    public void Every_size_gives_libtorchs_logits(string size, int joints, int width, int height)
    {
        using var network = RandomNetworks.Make(size, joints, width, height);
        AssertEqual(network, joints, people: 2, OnnxExportOptions.OldestOpset);
    }

    [Theory]
    [InlineData(18, 1)]
    [InlineData(20, 3)]
    [InlineData(OnnxExportOptions.NewestOpset, 1)]
    public void Newer_operators_and_any_batch_give_the_same(int opset, int people)
    {
        using var network = RandomNetworks.Make("t", 14, 64, 96);
        AssertEqual(network, 14, people, opset);
    }

    // neighbouring bins of an untrained head differ by as much as any: a row that moves by a hundredth of a bin more shows it there
    [Theory]
    [InlineData(OnnxExportOptions.OldestOpset, ExportPrecision.Fp32, 1e-4)]
    [InlineData(OnnxExportOptions.NewestOpset, ExportPrecision.Fp32, 1e-4)]
    [InlineData(OnnxExportOptions.OldestOpset, ExportPrecision.Int8, double.PositiveInfinity)]
    public void Refined_poses_are_those_of_libtorch(int opset, ExportPrecision precision, double tolerance)
    {
        const int People = 6;
        using var network = RandomNetworks.Make("t", 14, 64, 96, refined: true);
        var crops = Crops(network, People);
        var options = new OnnxExportOptions { Opset = opset, Precision = precision, Calibration = Pictures(network, 4) };
        var bytes = OnnxExport.ToBytes(network, RandomNetworks.Describe(network, RandomNetworks.Skeleton(14)), "net.onnx", options);
        using var model = OnnxModel.Load(bytes, "net.onnx", TwoThreads);
        using var result = model.Run<float>(crops, [People, 3, 96, 64]);
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        var input = Tensor.FromArray<float>(crops, People, 3, 96, 64);
        var (coarse, refined) = (network.Head.Logits(network.Maps(input)[^1]), network.Logits(input));
        Assert.False(coarse.X.ValueEquals(refined.X), "the refiner moves nothing");

        // rounding decides between bins that are nearly equal, and a joint elsewhere changes what its neighbours see: such people are no test
        bool IsSure(int person) => new[] { coarse.X, coarse.Y }.All(rows =>
        {
            var values = rows.Select(0, person).Contiguous();
            var width = (int)values.Shape[1];
            return values.ToArray<float>().Chunk(width).All(row => row.OrderDescending().Take(2).ToArray() is var two && two[0] - two[1] > 1e-4 * Math.Abs(two[0]));
        });
        var sure = Enumerable.Range(0, People).Where(IsSure).ToList();
        Assert.NotEmpty(sure);
        foreach (var (expected, output) in new[] { (refined.X, 0), (refined.Y, 1) })
        {
            Assert.Equal(expected.Shape, result.ShapeOf(output).ToArray());
            var (values, actual) = (expected.Contiguous().ToArray<float>(), result.Read<float>(output).ToArray());
            var size = values.Length / People;
            var errors = sure.SelectMany(p => Enumerable.Range(p * size, size)).Select(i => Math.Abs(values[i] - actual[i]) / Math.Max(1, values.Max(Math.Abs))).ToList();
            Assert.InRange(errors.Average(), 0, tolerance);
            Assert.InRange(errors.Max(), 0, 100 * tolerance);
            Assert.All(actual, v => Assert.True(float.IsFinite(v)));
        }
    }

    [Fact]
    public void Half_resolution_is_part_of_the_graph()
    {
        using var network = RandomNetworks.Make("t", 17, 96, 128);
        network.HalfResolution = true;
        AssertEqual(network, 17, people: 2, OnnxExportOptions.OldestOpset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Joints_read_in_the_graph_are_those_that_the_codec_reads(bool flat)
    {
        using var network = RandomNetworks.Make("t", 133, 96, 128);
        if (flat)
        {
            // every bin of x is equal: the first one counts, and where they are not above 0 there is no joint
            using var frozen = Torch.NoGrad();
            using var scope = new TensorScope();
            var weight = network.StateDict()["head.cls_x.weight"];
            weight.CopyInPlace(weight.Narrow(0, 0, 1).Expand(weight.Shape));
        }

        var description = RandomNetworks.Describe(network, RandomNetworks.Skeleton(133));
        var crops = Crops(network, 3);
        using var bins = OnnxModel.Load(OnnxExport.ToBytes(network, description, "a.onnx"), "a.onnx", TwoThreads);
        using var joints = OnnxModel.Load(OnnxExport.ToBytes(network, description, "b.onnx", new OnnxExportOptions { Decode = true }), "b.onnx", TwoThreads);
        using var logits = bins.Run<float>(crops, [3, 3, 128, 96]);
        using var decoded = joints.Run<float>(crops, [3, 3, 128, 96]);
        var (keypoints, scores) = (new float[3 * 133 * 2], new float[3 * 133]);
        SimCcCodec.ForInput(96, 128).Decode(logits.Read<float>(0), logits.Read<float>(1), keypoints, scores);
        Assert.Equal(flat, scores.Any(s => s <= 0));
        Assert.Contains(scores, s => s > 0);
        Assert.Equal([3, 133, 3], decoded.ShapeOf(0).ToArray());
        var found = decoded.Read<float>(0);
        for (var k = 0; k < scores.Length; k++)
        {
            Assert.Equal((keypoints[2 * k], keypoints[(2 * k) + 1]), (found[3 * k], found[(3 * k) + 1]));
            Assert.Equal(scores[k], found[(3 * k) + 2], 1e-5f);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_alone_is_an_estimator_with_the_students_skeleton(bool decode)
    {
        var skeleton = new Skeleton(
            "mine",
            [new Joint("nose", "nose", null, 0.026, null), new Joint("a b", "left_eye", "c'd", 0.025, "nose"), new Joint("c'd", "right_eye", "a b", 0.031, "nose")],
            [(0, 1), (1, 2)]);
        using var network = RandomNetworks.Make("t", 3, 64, 96);
        var path = _folder.File("alone.onnx");
        OnnxExport.Write(network, RandomNetworks.Describe(network, skeleton) with { Padding = 1.4, Mean = [1, 2, 3] }, path, new OnnxExportOptions { Decode = decode });
        using var estimator = PoseEstimator.Load(path, onnx: TwoThreads);
        Assert.Equal(skeleton.Joints, estimator.Skeleton.Joints);
        Assert.Equal(skeleton.Limbs, estimator.Skeleton.Limbs);
        Assert.Equal(skeleton.SwapIndices, estimator.Skeleton.SwapIndices);
        Assert.Equal((64, 96, 1.4), (estimator.Card.Input.Width, estimator.Card.Input.Height, estimator.Card.Crop.Padding));
        Assert.Equal([1.0, 2, 3], estimator.Card.Input.Mean);
        Assert.Equal(decode ? PoseOutputKind.Points : PoseOutputKind.SimCC, estimator.Card.Output!.Kind);
        using var model = OnnxModel.Load(path, TwoThreads);
        var inside = ModelDescription.FromJson(model.Metadata[ModelDescription.MetadataKey], path);
        Assert.Equal(skeleton.Joints, inside.Joints);
    }

    [Fact]
    public void A_file_tells_which_data_sets_have_which_joints()
    {
        using var network = RandomNetworks.Make("t", 21, 64, 64);
        var description = RandomNetworks.Describe(network, RandomNetworks.Skeleton(21));
        Assert.Equal(["coco17", "mpii16"], Origins(description)!.Select(o => o.Name));
        Assert.Equal(Enumerable.Range(0, 17), Origins(description)![0].Joints);
        // MPII's joints are COCO's from the shoulders down and four of its own
        Assert.Equal(Enumerable.Range(5, 16), Origins(description)![1].Joints);

        var known = Assert.Single(Origins(description with { Origins = [new JointOrigin("lab", [2, 3])] })!);
        Assert.Equal("lab", known.Name);
        Assert.Equal([2, 3], known.Joints);
        Assert.Null(Origins(description with { Skeleton = "no built-in one" }));

        IReadOnlyList<JointOrigin>? Origins(ModelDescription told)
        {
            var path = _folder.File("origins.onnx");
            OnnxExport.Write(network, told, path);
            using var model = OnnxModel.Load(path, TwoThreads);
            return ModelDescription.FromJson(model.Metadata[ModelDescription.MetadataKey], path).Origins;
        }
    }

    [Fact]
    public void A_description_from_before_there_were_strides_has_the_published_one()
    {
        using var network = RandomNetworks.Make("t", 17, 64, 64);
        var now = RandomNetworks.Describe(network, RandomNetworks.Skeleton(17)).ToJson();
        var before = now.Replace("\"stride\":32,", "", StringComparison.Ordinal);
        Assert.NotEqual(now, before);
        Assert.Equal(RtmPose.PublishedStride, ModelDescription.FromJson(before, "test").Stride);
    }

    [Theory]
    [InlineData(ExportPrecision.Fp32, false)]
    [InlineData(ExportPrecision.Fp32, true)]
    [InlineData(ExportPrecision.Fp16, true)]
    [InlineData(ExportPrecision.Int8, false)]
    public void ONNX_finds_nothing_wrong(ExportPrecision precision, bool decode)
    {
        if (!File.Exists(Python) || Run(Python, "-c", "import onnx").Code != 0) Assert.Skip("needs Python's onnx (Debian's python3-onnx)");
        using var network = RandomNetworks.Make("t", 17, 64, 96);
        var path = _folder.File("checked.onnx");
        OnnxExport.Write(network, RandomNetworks.Describe(network, RandomNetworks.Skeleton(17)), path, new OnnxExportOptions
        {
            Decode = decode,
            Precision = precision,
            Calibration = precision == ExportPrecision.Int8 ? Pictures(network, 2) : [],
        });
        var (code, text) = Run(Python, "-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True); print(len(onnx.load(sys.argv[1]).graph.node))", path);
        Assert.True(code == 0, text);
        Assert.InRange(int.Parse(text), 100, 600);
    }

    [Theory]
    [InlineData(ExportPrecision.Fp16, 0.01, 0.51, 7)]
    [InlineData(ExportPrecision.Int8, 0.3, 0.5, 7)]
    [InlineData(ExportPrecision.Int8, 0.3, 0.5, 8)]
    [InlineData(ExportPrecision.Int8, 0.3, 0.5, 9)]
    public void Fewer_bits_give_nearly_the_same_from_a_smaller_file(ExportPrecision precision, double error, double share, int seed)
    {
        // only the convolutions have fewer bits: the head's first weights are small, so that its attention, which squares, adds little
        using var network = RandomNetworks.Make("t", 17, 96, 128, (ulong)seed, headScale: 1);
        var description = RandomNetworks.Describe(network, RandomNetworks.Skeleton(17));
        var pictures = Pictures(network, 12);
        var crops = Normalised(pictures[..4], description);
        var full = OnnxExport.ToBytes(network, description, "a.onnx");
        var small = OnnxExport.ToBytes(network, description, "a.onnx", new OnnxExportOptions { Precision = precision, Calibration = pictures });
        Assert.InRange(small.Length, 0, share * full.Length);
        using var expected = OnnxModel.Load(full, "full", TwoThreads);
        using var rounded = OnnxModel.Load(small, "small", TwoThreads);
        Assert.Equal(precision.ToString().ToLowerInvariant(), rounded.Metadata[OnnxExport.PrecisionKey]);
        using var a = expected.Run<float>(crops, [4, 3, 128, 96]);
        using var b = rounded.Run<float>(crops, [4, 3, 128, 96]);
        for (var axis = 0; axis < 2; axis++)
        {
            double difference = 0, square = 0;
            var wanted = a.Read<float>(axis);
            var found = b.Read<float>(axis);
            for (var i = 0; i < wanted.Length; i++)
            {
                difference += (wanted[i] - found[i]) * (wanted[i] - found[i]);
                square += wanted[i] * wanted[i];
            }

            var relative = Math.Sqrt(difference / square);
            TestContext.Current.TestOutputHelper?.WriteLine($"{precision}, seed {seed}, axis {axis}: relative error {relative:0.0000}");
            Assert.InRange(relative, 1e-6, error);
        }
    }

    [Fact]
    public void PyTorch_reads_the_weights_under_MMPoses_names()
    {
        if (!File.Exists(Python) || Run(Python, "-c", "import torch").Code != 0) Assert.Skip("needs Python's torch (Debian's python3-torch)");
        using var network = RandomNetworks.Make("t", 17, 64, 64);
        var (saved, path) = (_folder.File("net.safetensors"), _folder.File("net.pth"));
        using (var scope = new TensorScope())
        {
            Tensors.Files.SafeTensors.Write(saved, network.StateDict(), new Dictionary<string, string> { [ModelDescription.MetadataKey] = RandomNetworks.Describe(network, RandomNetworks.Skeleton(17)).ToJson() });
        }

        using var student = Student.Load(saved, Device.Cpu);
        WeightsExport.WritePth(student, path);
        var (code, text) = Run(Python, "-c", "import torch, sys; s = torch.load(sys.argv[1])['state_dict']; print(len(s), float(s['head.cls_x.weight'].double().sum()))", path);
        Assert.True(code == 0, text);
        using var sum = new TensorScope();
        var words = text.Split(' ');
        Assert.Equal(218, int.Parse(words[0]));
        Assert.Equal(network.StateDict()["head.cls_x.weight"].To(DType.Float64).Sum().Item(), double.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture), 1e-9);
    }

    [Fact]
    public void What_cannot_be_written_is_told()
    {
        using var network = RandomNetworks.Make("t", 17, 64, 64);
        var description = RandomNetworks.Describe(network, RandomNetworks.Skeleton(17));
        Assert.Contains("17 to 21", Assert.Throws<SinewException>(() => OnnxExport.ToBytes(network, description, "a", new OnnxExportOptions { Opset = 11 })).Message, StringComparison.Ordinal);
        Assert.Contains("calibrate", Assert.Throws<SinewException>(() => OnnxExport.ToBytes(network, description, "a", new OnnxExportOptions { Precision = ExportPrecision.Int8 })).Message, StringComparison.Ordinal);
        using (Torch.NoGrad()) network.StateDict()["backbone.stage1.0.bn.running_var"].MulInPlace(-1);
        Assert.Contains("backbone.stage1.0.bn", Assert.Throws<SinewException>(() => OnnxExport.ToBytes(network, description, "a")).Message, StringComparison.Ordinal);
    }

    private static void AssertEqual(RtmPose network, int joints, int people, int opset)
    {
        var crops = Crops(network, people);
        var bytes = OnnxExport.ToBytes(network, RandomNetworks.Describe(network, RandomNetworks.Skeleton(joints)), "net.onnx", new OnnxExportOptions { Opset = opset });
        using var model = OnnxModel.Load(bytes, "net.onnx", TwoThreads);
        Assert.Equal(["simcc_x", "simcc_y"], model.Outputs.Select(o => o.Name));
        Assert.Equal(-1, Assert.Single(model.Inputs).Shape[0]);
        using var result = model.Run<float>(crops, [people, 3, network.Height, network.Width]);
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        var logits = network.Logits(Tensor.FromArray<float>(crops, people, 3, network.Height, network.Width));
        foreach (var (expected, output) in new[] { (logits.X, 0), (logits.Y, 1) })
        {
            var values = expected.Contiguous().ToArray<float>();
            var actual = result.Read<float>(output);
            Assert.Equal(expected.Shape, result.ShapeOf(output).ToArray());
            var largest = values.Max(Math.Abs);
            Assert.InRange(largest, 0.05f, 1000f);
            for (var i = 0; i < values.Length; i++) Assert.InRange(Math.Abs(values[i] - actual[i]), 0, 1e-4f * Math.Max(1, largest));
        }
    }

    /// <summary>Crops that look like something: blobs of colour on a gradient.</summary>
    private static List<byte[]> Pictures(RtmPose network, int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var crop = new byte[network.Width * network.Height * 3];
            var waves = Enumerable.Range(0, 9).Select(_ => (X: random.NextDouble() * 0.3, Y: random.NextDouble() * 0.3, At: random.NextDouble() * 6)).ToArray();
            for (var i = 0; i < crop.Length; i++)
            {
                var (x, y) = (i / 3 % network.Width, i / 3 / network.Width);
                crop[i] = (byte)(128 + (waves.Skip(i % 3 * 3).Take(3).Sum(w => Math.Sin((x * w.X) + (y * w.Y) + w.At)) * 42));
            }

            return crop;
        })];
    }

    private static float[] Normalised(List<byte[]> crops, ModelDescription description)
    {
        var planes = new float[crops.Sum(c => c.Length)];
        for (var i = 0; i < crops.Count; i++) Imaging.Normalise.ToPlanes(crops[i], planes.AsSpan(i * crops[i].Length, crops[i].Length), description.Norm);
        return planes;
    }

    private static float[] Crops(RtmPose network, int people)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, people * 3 * network.Height * network.Width).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static (int Code, string Text) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : error.Result);
    }
}
