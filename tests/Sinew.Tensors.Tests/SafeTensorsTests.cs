using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sinew.Tensors.Files;
using Sinew.TestSupport;

namespace Sinew.Tensors.Tests;

public sealed class SafeTensorsTests
{
    private static readonly DType[] AllTypes = Enum.GetValues<DType>();

    [Fact]
    public void What_is_written_comes_back()
    {
        using var folder = new TempFolder();
        string path = folder.File("a.safetensors");
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<NonNegativeInt>(), (seed, count) =>
        {
            using var scope = new TensorScope();
            var random = new System.Random(seed);
            var tensors = new OrderedDictionary<string, Tensor>();
            for (int i = 0; i < count.Get % 9; i++)
            {
                long[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(5))];
                Tensor tensor = (Tensor.Rand(shape, DType.Float64) * 100.0).To(AllTypes[random.Next(AllTypes.Length)]);
                tensors.Add($"t{i}.\"näme\"\n", shape.Length > 1 && random.Next(2) == 0 ? tensor.Transpose(0, 1) : tensor);
            }

            var metadata = new Dictionary<string, string> { ["seed"] = $"{seed} \"é\"" };
            SafeTensors.Write(path, tensors, metadata);
            OrderedDictionary<string, Tensor> read = SafeTensors.Read(path, out IReadOnlyDictionary<string, string> readMetadata);
            return read.Keys.SequenceEqual(tensors.Keys)
                && readMetadata.SequenceEqual(metadata)
                && SafeTensors.ReadMetadata(path).SequenceEqual(metadata)
                && tensors.All(t => read[t.Key].DType == t.Value.DType && read[t.Key].Shape.SequenceEqual(t.Value.Shape) && read[t.Key].ValueEquals(t.Value));
        }).Holds();
    }

    [Fact]
    public void The_layout_is_the_format_s()
    {
        using var scope = new TensorScope();
        using var folder = new TempFolder();
        string path = folder.File("a.safetensors");
        SafeTensors.Write(path, new OrderedDictionary<string, Tensor> { ["flag"] = Tensor.FromArray([true]), ["x"] = Tensor.FromArray([1f, 2f]) });
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, header % 8);
        Assert.Equal(
            """{"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
            Encoding.UTF8.GetString(file, 8, header).TrimEnd(' '));
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 1], file[(8 + header)..]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "'b' start at byte 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' start at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "8 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "4 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "its shape needs 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "its shape needs 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "impossible shape")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4]}}""", 4, "lacks")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"more":1}}""", 4, "unknown key 'more'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}""", 4, "twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "JSON")]
    [InlineData("""[1]""", 0, "JSON")]
    [InlineData("""{"a":""", 0, "JSON")]
    [InlineData("""{} {}""", 0, "JSON")]
    public void A_header_that_does_not_fit_is_refused(string header, int data, string reason)
    {
        using var folder = new TempFolder();
        string path = folder.File("bad.safetensors");
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(path, file);
        SinewException e = Assert.Throws<SinewException>(() => SafeTensors.Read(path));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Header_lengths_beyond_the_file_are_refused()
    {
        using var folder = new TempFolder();
        string path = folder.File("bad.safetensors");
        foreach (ulong length in (ulong[])[3, 1000, 200_000_000, ulong.MaxValue, long.MaxValue])
        {
            byte[] file = new byte[10];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            File.WriteAllBytes(path, file);
            Assert.Throws<SinewException>(() => SafeTensors.Read(path));
        }

        File.WriteAllBytes(path, [1, 2]);
        Assert.Throws<SinewException>(() => SafeTensors.Read(path));
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_nothing_else()
    {
        using var scope = new TensorScope();
        using var folder = new TempFolder();
        string path = folder.File("a.safetensors");
        SafeTensors.Write(path, new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([3, 2]), ["b"] = Tensor.Ones([2], DType.Int64) }, new Dictionary<string, string> { ["k"] = "v" });
        int round = 0;
        foreach (byte[] bad in Damage.Of(File.ReadAllBytes(path), 500, 23))
        {
            File.WriteAllBytes(path, bad);
            using var inner = new TensorScope();
            Exception? e = Record.Exception(() => SafeTensors.Read(path));
            Assert.True(e is null or SinewException, $"round {round}: {e}");
            round++;
        }
    }
}
