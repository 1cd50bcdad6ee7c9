using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class OnnxModelTests
{
    public OnnxModelTests() => Networks.NeedRuntime();

    [Fact]
    public void ElementsOfEveryTypeComeBackAsTheyWere()
    {
        Same<float>(OnnxElementType.Float32, [1.5f, -2f, float.MaxValue, 0f]);
        Same<int>(OnnxElementType.Int32, [1, -2, int.MinValue, 4]);
        Same<long>(OnnxElementType.Int64, [1, -2, long.MaxValue, 4]);
        Same<byte>(OnnxElementType.UInt8, [0, 255, 3, 4]);
        Same<double>(OnnxElementType.Float64, [0, 1e300, 3, 4]);

        static void Same<T>(OnnxElementType type, T[] values)
            where T : unmanaged
        {
            using var model = OnnxModel.Load(Networks.Same(type, -1, 2), "same", Networks.OneThread);
            using var result = model.Run<T>(values, [2, 2]);
            Assert.Equal(values, result.Read<T>(0).ToArray());
            Assert.Equal([2L, 2L], result.ShapeOf(0).ToArray());
        }
    }

    [Fact]
    public void PortsAndMetadataAreTheGraphs()
    {
        var bytes = new OnnxBuilder().Input("picture", OnnxElementType.Float32, -1, 3, 8, 6).Output("map", OnnxElementType.Float32, -1, 3, 8, 6)
            .Node("Identity", "picture", "map").Metadata("skeleton", "coco17").Metadata("läuft", "größer\nzwei").Build();
        using var model = OnnxModel.Load(bytes, "ports", Networks.OneThread);
        Assert.Equal("picture Float32[-1,3,8,6]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("map Float32[-1,3,8,6]", Assert.Single(model.Outputs).ToString());
        Assert.Equal(2, model.Metadata.Count);
        Assert.Equal("coco17", model.Metadata["skeleton"]);
        Assert.Equal("größer\nzwei", model.Metadata["läuft"]);
    }

    [Fact]
    public void OneModelServesManyThreads()
    {
        using var model = OnnxModel.Load(Networks.Same(OnnxElementType.Float32, -1, 64), "many", Networks.OneThread);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var values = new float[(1 + (i % 3)) * 64];
            values.AsSpan().Fill(i);
            using var result = model.Run<float>(values, [values.Length / 64, 64]);
            Assert.True(result.Read<float>(0).SequenceEqual(values));
        });
    }

    [Fact]
    public void RunsLeaveNothingBehind()
    {
        using var model = OnnxModel.Load(Networks.Same(OnnxElementType.Float32, -1, 1 << 18), "leak", Networks.OneThread);
        var values = new float[1 << 18];
        Run(50);
        var before = Environment.WorkingSet;
        Run(400);

        // 400 outputs are 400 MB.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100 << 20);

        void Run(int times)
        {
            for (var i = 0; i < times; i++) model.Run<float>(values, [1, 1 << 18]).Dispose();
        }
    }

    [Fact]
    public async Task DisposingWhileARunGoesOnIsSafe()
    {
        for (var i = 0; i < 20; i++)
        {
            var model = OnnxModel.Load(Networks.Same(OnnxElementType.Float32, -1, 64), "gone", Networks.OneThread);
            var runs = Task.Run(() =>
            {
                try
                {
                    while (true) model.Run<float>(new float[64], [1, 64]).Dispose();
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            });
            await Task.Delay(1);
            model.Dispose();
            Assert.True(await runs.WaitAsync(TimeSpan.FromSeconds(20)));
        }
    }

    [Fact]
    public void WrongUseIsToldInOneLineWithTheModelsName()
    {
        using var model = OnnxModel.Load(Networks.Same(OnnxElementType.Float32, -1, 2), "same.onnx", Networks.OneThread);
        Line("same.onnx: input 'in' takes Float32 elements, not Int32", () => model.Run<int>([1, 2], [1, 2]));
        Line("same.onnx: Got invalid dimensions", () => model.Run<float>([1, 2, 3], [1, 3]));
        Assert.Throws<ArgumentException>(() => model.Run<float>([1, 2, 3], [1, 2]));
        Line("same.onnx: output 'out' holds Float32 elements, not Int64", () =>
        {
            using var result = model.Run<float>([1, 2], [1, 2]);
            result.Read<long>(0);
        });
        Line("broken: ", () => OnnxModel.Load([1, 2, 3, 4], "broken"));
        Line("empty: the model is empty", () => OnnxModel.Load([], "empty"));
        Line("/no/such.onnx: there is no such file", () => OnnxModel.Load("/no/such.onnx"));
        Line("few: -1 threads", () => OnnxModel.Load(Networks.Same(OnnxElementType.Float32, 1), "few", new OnnxOptions { Threads = -1 }));

        static void Line(string start, Action use) => Check(start, Assert.ThrowsAny<SinewException>(use));
        static void Check(string start, SinewException e)
        {
            Assert.StartsWith(start, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void AProviderThatIsNotThereIsAnErrorAndNotTheCpu()
    {
        var e = Assert.Throws<SinewException>(() => OnnxModel.Load(Networks.Same(OnnxElementType.Float32, 1), "m", new OnnxOptions { Provider = "abacus" }));
        Assert.Contains("no execution provider 'abacus'; it has ", e.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<SinewException>(() => OnnxModel.Load(
            Networks.Same(OnnxElementType.Float32, 1), "m", new OnnxOptions { ProviderOptions = new Dictionary<string, string> { ["device_id"] = "0" } }));
        Assert.Contains("'device_id'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinypose_coco17_256x192.onnx", "input Float32[-1,3,256,192]", "heatmaps Float32[-1,17,64,48]")]
    [InlineData("movenet_thunder_coco17.onnx", "input Int32[-1,256,256,3]", "output_0 Float32[-1,1,17,3]")]
    public void RealModelsAreDescribed(string file, string input, string output)
    {
        using var model = OnnxModel.Load(Shared.Path("models/" + file), Networks.OneThread);
        Assert.Equal(input, Assert.Single(model.Inputs).ToString());
        Assert.Equal(output, Assert.Single(model.Outputs).ToString());
    }

    [Fact]
    public void AModelIsTheSameFromMemoryAsFromItsFile()
    {
        var path = Shared.Path("models/movenet_thunder_coco17.onnx");
        using var fromFile = OnnxModel.Load(path, Networks.OneThread);
        using var fromMemory = OnnxModel.Load(File.ReadAllBytes(path), "movenet", Networks.OneThread);
        var image = new int[256 * 256 * 3];
        for (var i = 0; i < image.Length; i++) image[i] = i * 7 % 256;
        using var a = fromFile.Run<int>(image, [1, 256, 256, 3]);
        using var b = fromMemory.Run<int>(image, [1, 256, 256, 3]);
        Assert.Equal(a.Read<float>(0).ToArray(), b.Read<float>(0).ToArray());
    }
}
