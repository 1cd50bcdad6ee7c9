using System.IO.Compression;
using System.Text;
using Sinew.Tensors.Files;
using Sinew.TestSupport;

namespace Sinew.Tensors.Tests;

public sealed class TorchFileTests
{
    [Theory]
    [InlineData("zip.pth")]
    [InlineData("legacy.pth")]
    public void What_PyTorch_wrote_is_read(string file)
    {
        using var scope = new TensorScope();
        var tree = Dictionary(TorchFile.Read(Fixture(file)));
        var meta = Dictionary(tree["meta"]);
        Assert.Equal(3L, meta["epoch"]);
        Assert.Equal(1L << 40, meta["big"]);
        Assert.Equal(-5L, meta["neg"]);
        Assert.Equal(3.14159, meta["pi"]);
        Assert.Equal("tïny", meta["name"]);
        Assert.Null(meta["none"]);
        Assert.Equal(true, meta["flag"]);
        var list = Assert.IsType<List<object?>>(meta["list"]);
        Assert.Equal([1L, "two"], list[..2]);
        Assert.Equal([3.0], Assert.IsType<object?[]>(list[2]));
        Assert.Equal([0, 255, (byte)'a', (byte)'b'], Assert.IsType<byte[]>(meta["bytes"]));
        Assert.Equal([2L, 3L], Assert.IsType<object?[]>(meta["size"]));
        Assert.Equal(DType.Float32, meta["dtype"]);
        Assert.Equal("cpu", meta["device"]);
        Assert.Equal([0.026f, 0.025f], Assert.IsType<Tensor>(meta["sigmas"]).ToArray<float>());
        Assert.Equal(0.25, meta["scalar"]);
        Tensor fortran = Assert.IsType<Tensor>(meta["fortran"]);
        Assert.Equal([2, 3], fortran.Shape);
        Assert.Equal([0L, 1, 2, 3, 4, 5], fortran.ToArray<long>());

        OrderedDictionary<string, Tensor> state = TorchFile.ReadStateDict(Fixture(file));
        Assert.Equal(["a.weight", "a.view", "b.count", "c.half", "d.bf16", "e.flags", "f.empty", "g.param"], state.Keys);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), state["a.weight"].ToArray<float>());
        Assert.Equal([1f, 5, 9, 2, 6, 10], state["a.view"].ToArray<float>());
        Assert.Equal(7, state["b.count"].Item());
        Assert.Equal([(Half)0.5, (Half)(-2)], state["c.half"].ToArray<Half>());
        Assert.Equal([0.5f, -2f], state["d.bf16"].To(DType.Float32).ToArray<float>());
        Assert.Equal([true, false], state["e.flags"].ToArray<bool>());
        Assert.Equal([0, 3], state["f.empty"].Shape);
        Assert.Equal([1.5f], state["g.param"].ToArray<float>());

        // Two tensors of one storage share it again.
        state["a.weight"].ZeroInPlace();
        Assert.Equal(0, state["a.view"].Abs().Max().Item());
    }

    [Theory]
    [InlineData("model", "a", "b.c")]
    [InlineData("state_dict", "module.a", "module.b.c")]
    [InlineData(null, "module.a", "module.b.c")]
    public void Weights_are_found_where_training_scripts_put_them(string? inside, string first, string second)
    {
        using var scope = new TensorScope();
        using var folder = new TempFolder();
        var weights = new OrderedDictionary<object, object?> { [first] = Tensor.Ones([2]), [second] = Tensor.Zeros([3]) };
        string path = folder.File("a.pth");
        TorchFile.Write(path, inside is null ? weights : new OrderedDictionary<object, object?> { ["epoch"] = 3L, [inside] = weights });

        OrderedDictionary<string, Tensor> state = TorchFile.ReadStateDict(path);
        Assert.Equal(["a", "b.c"], state.Keys);
        Assert.Equal([3], state["b.c"].Shape);
    }

    [Fact]
    public void A_name_that_begins_so_among_others_stays_whole()
    {
        using var scope = new TensorScope();
        using var folder = new TempFolder();
        string path = folder.File("a.pth");
        TorchFile.Write(path, new OrderedDictionary<object, object?> { ["module.a"] = Tensor.Ones([2]), ["b"] = Tensor.Zeros([3]) });
        Assert.Equal(["module.a", "b"], TorchFile.ReadStateDict(path).Keys);
    }

    [Fact]
    public void A_repeated_tensor_is_read()
    {
        using var scope = new TensorScope();
        Assert.Equal([5, 3, 4], TorchFile.ReadStateDict(Fixture("expanded.pth"))["x"].Shape);
    }

    [Fact]
    public void A_whole_module_is_refused_by_name() =>
        AssertRefused(Fixture("module.pth"), "torch.nn.modules.linear.Linear");

    [Fact]
    public void A_tree_comes_back_as_it_was_written()
    {
        using var scope = new TensorScope();
        using var folder = new TempFolder();
        string path = folder.File("tree.pth");
        var tree = new OrderedDictionary<string, object?>
        {
            ["state_dict"] = new Dictionary<string, Tensor> { ["w"] = Tensor.Randn([3, 2]).Transpose(0, 1), ["n"] = Tensor.Full([], 5, DType.Int64) },
            ["empty"] = Tensor.Zeros([0, 4], DType.BFloat16),
            ["numbers"] = new object?[] { 1, -70000, long.MaxValue, 0.5, true, null },
            ["list"] = new List<object?> { "ä", new byte[] { 1, 200 }, DType.Float16 },
        };
        TorchFile.Write(path, tree);
        var read = Dictionary(TorchFile.Read(path));
        Assert.Equal(tree.Keys, read.Keys.Cast<string>());
        var state = Dictionary(read["state_dict"]);
        Assert.True(((Tensor)state["w"]!).ValueEquals(((Dictionary<string, Tensor>)tree["state_dict"]!)["w"]));
        Assert.Equal(5, ((Tensor)state["n"]!).Item());
        Assert.Equal([0, 4], Assert.IsType<Tensor>(read["empty"]).Shape);
        Assert.Equal([1L, -70000L, long.MaxValue, 0.5, true, null], Assert.IsType<object?[]>(read["numbers"]));
        var list = Assert.IsType<List<object?>>(read["list"]);
        Assert.Equal("ä", list[0]);
        Assert.Equal([1, 200], Assert.IsType<byte[]>(list[1]));
        Assert.Equal(DType.Float16, list[2]);
        Assert.Throws<ArgumentException>(() => TorchFile.Write(path, new object()));
        using ZipArchive zip = ZipFile.OpenRead(path);
        Assert.All(zip.Entries, e => Assert.Equal(e.Length, e.CompressedLength));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TempFolder();
        string path = folder.File("a.pth");
        TorchFile.Write(path, 1L);
        Tensor gone = Tensor.Ones([2]);
        var tree = new List<object?> { gone };
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => TorchFile.Write(path, tree));
        Assert.Equal(1L, TorchFile.Read(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        Assert.Throws<SinewException>(() => TorchFile.Read(folder.File("absent.pth")));
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0truetR.", "os.system")]
    [InlineData("c__builtin__\neval\n(X\u0001\0\0\01tR.", "__builtin__.eval")]
    [InlineData("ctorch.storage\n_load_from_bytes\n(X\u0001\0\0\01tR.", "torch.storage._load_from_bytes")]
    [InlineData("ctorch\nload\n.", "torch.load")]
    [InlineData("X\u0002\0\0\0osX\u0006\0\0\0system\u0093.", "os.system")]
    [InlineData("i", "opcode 0x69")]
    [InlineData("\u0082\u0001.", "opcode 0x82")]
    [InlineData("ccollections\nOrderedDict\n.", "unfinished")]
    [InlineData("]q\0h\0a.", "within itself")]
    [InlineData("}q\0K\u0001h\0s.", "within itself")]
    [InlineData("}]K\u0001s.", "neither a string nor a number")]
    [InlineData("h\u0005.", "never remembered")]
    [InlineData("(0.", "mark")]
    [InlineData("t.", "mark")]
    [InlineData("(K\u0001", "ends too early")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff.", "ends too early")]
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "ends too early")]
    [InlineData("\u008a\u0040", "a number of 64 bytes")]
    [InlineData("K\u0001K\u0002.", "unfinished")]
    [InlineData("\u0080\u0009.", "protocol 9")]
    [InlineData("K\u0001K\u0002a.", "lacks a list")]
    [InlineData("(K\u0001d.", "without a value")]
    [InlineData("Nb.", "empty stack")]
    [InlineData("NNb.", "state of something")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u00ff\u00ff\u00ff\u007ftQ.", "more than the file holds")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u00ff\u00ff\u00ff\u00fftQ.", "more than the file holds")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0002\0\0\0..X\u0003\0\0\0cpuK\u0001tQ.", "no entry for storage")]
    [InlineData("K\u0001Q.", "a persistent id")]
    [InlineData("c_codecs\nencode\n(X\u0003\0\0\0\u00e2\u0082\u00acX\u0006\0\0\0latin1tR.", "bytes written as text")]
    public void A_hostile_pickle_is_refused(string pickle, string reason)
    {
        using var folder = new TempFolder();
        string path = folder.File("bad.pth");
        WriteZip(path, ("x/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("x/version", "3\n"u8.ToArray()));
        AssertRefused(path, reason);
    }

    [Theory]
    [InlineData(0, 3, 1, "does not fill")] // 3 elements of a storage of 2
    [InlineData(1, 2, 1, "does not fill")]
    [InlineData(0, 2, 9, "beyond its storage")]
    [InlineData(0, 200, 200, "beyond its storage")]
    [InlineData(2, 1, 1, "does not fill")]
    public void A_tensor_beyond_its_storage_is_refused(byte offset, byte size, byte stride, string reason)
    {
        using var folder = new TempFolder();
        string path = folder.File("bad.pth");
        string pickle = "ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0002tQK"
            + (char)offset + "K" + (char)size + "\u0085K" + (char)stride + "\u0085\u0089NtR.";
        WriteZip(path, ("x/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("x/data/0", new byte[8]));
        AssertRefused(path, reason);
    }

    [Fact]
    public void A_nest_and_a_bomb_are_refused()
    {
        using var folder = new TempFolder();
        string path = folder.File("bad.pth");
        WriteZip(path, ("x/data.pkl", Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("]", 3000)) + string.Concat(Enumerable.Repeat("a", 2999)) + ".")));
        AssertRefused(path, "deep");
        // Each list holds the one before ten times: few bytes, and without end for who would walk every path.
        string laughs = "]q\0" + string.Concat(Enumerable.Range(1, 60).Select(i => $"(h{(char)(i - 1)}h{(char)(i - 1)}h{(char)(i - 1)}lq{(char)i}")) + ".";
        WriteZip(path, ("x/data.pkl", Encoding.Latin1.GetBytes(laughs)));
        AssertRefused(path, "unfinished");
        WriteZip(path, ("x/data.pkl", [(byte)'N', .. Enumerable.Repeat((byte)'2', 5_000_000), (byte)'.']));
        AssertRefused(path, "objects");
        WriteZip(path, ("x/data.pkl", [.. Enumerable.Repeat((byte)'}', 2_000_000), (byte)'.']));
        AssertRefused(path, "containers");
        using (ZipArchive zip = ZipFile.Open(folder.File("bomb.pth"), ZipArchiveMode.Create))
        {
            using Stream entry = zip.CreateEntry("x/data.pkl", CompressionLevel.SmallestSize).Open();
            entry.Write(new byte[50_000_000]);
        }

        AssertRefused(folder.File("bomb.pth"), "compressed");
        File.WriteAllBytes(path, [0x80, 2]);
        AssertRefused(path, "too early");
        File.WriteAllBytes(path, "PK\u0003\u0004 and then nothing"u8.ToArray());
        AssertRefused(path, "bad.pth");
        File.WriteAllBytes(path, []);
        AssertRefused(path, "does not begin");
    }

    [Theory]
    [InlineData("zip.pth")]
    [InlineData("legacy.pth")]
    public void A_damaged_file_is_read_or_refused_and_nothing_else(string file)
    {
        using var folder = new TempFolder();
        string path = folder.File("damaged.pth");
        int round = 0;
        foreach (byte[] bad in Damage.Of(File.ReadAllBytes(Fixture(file)), 500, 17))
        {
            File.WriteAllBytes(path, bad);
            using var inner = new TensorScope();
            Exception? e = Record.Exception(() => TorchFile.Read(path));
            Assert.True(e is null or SinewException, $"round {round}: {e}");
            round++;
        }
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    private static OrderedDictionary<object, object?> Dictionary(object? value) => Assert.IsType<OrderedDictionary<object, object?>>(value);

    private static void AssertRefused(string path, string reason)
    {
        SinewException e = Assert.Throws<SinewException>(() => TorchFile.Read(path));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static void WriteZip(string path, params (string Name, byte[] Data)[] entries)
    {
        File.Delete(path);
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] data) in entries)
        {
            using Stream entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(data);
        }
    }
}
