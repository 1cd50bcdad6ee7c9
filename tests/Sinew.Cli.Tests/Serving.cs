using Sinew.Cli.Serve;
using Sinew.Imaging;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Export;
using Sinew.Training.Models;
using Sinew.Training.Tests.Export;

namespace Sinew.Cli.Tests;

/// <summary>A network and pictures of people who do not exist, made once for all tests of the server and of the page.</summary>
public sealed class Serving : IDisposable
{
    private const int Joints = 21;

    private readonly TempFolder _folder = new();
    private readonly Lazy<IReadOnlyList<string>> _people;

    public Serving()
    {
        Model = _folder.File("body21-test.onnx");
        using (var scope = new TensorScope())
        {
            using var network = RandomNetworks.Make("t", Joints, 96, 128);
            Smooth(network);
            OnnxExport.Write(network, RandomNetworks.Describe(network, BuiltInSkeletons.Get("body21")), Model);
        }

        Served = ServedModel.Open(Model, null);
        _people = new(Generate);
    }

    /// <summary>An exported RTMPose-t of body21's joints at 96×128.</summary>
    public string Model { get; }

    /// <summary>The same, opened.</summary>
    internal ServedModel Served { get; }

    /// <summary>Generated people as PNG files, which every decoder reads alike, and one as JPEG.</summary>
    public IReadOnlyList<string> People => _people.Value;

    /// <summary>A path in a folder that is removed at the end.</summary>
    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Served.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// Neighbouring bins get nearly the same weights, as in a trained head. A maximum is then a hill and not a spike, which the last bits of
    /// another processor's sums cannot move far.
    /// </summary>
    private static void Smooth(RtmPose network)
    {
        foreach (var (name, weight) in network.NamedParameters().Where(p => p.Name is "head.cls_x.weight" or "head.cls_y.weight"))
        {
            var (bins, width) = ((int)weight.Shape[0], (int)weight.Shape[1]);
            var data = weight.Data<float>();
            var sharp = data.ToArray();
            const int Reach = 24;
            for (var bin = 0; bin < bins; bin++)
            {
                for (var c = 0; c < width; c++)
                {
                    var (sum, squares) = (0.0, 0.0);
                    for (var d = -Reach; d <= Reach; d++)
                    {
                        if ((uint)(bin + d) >= (uint)bins) continue;
                        var w = Math.Exp(-d * d / 128.0);
                        sum += w * sharp[((bin + d) * width) + c];
                        squares += w * w;
                    }

                    data[(bin * width) + c] = (float)(sum / Math.Sqrt(squares));
                }
            }
        }
    }

    private List<string> Generate()
    {
        var folder = _folder.File("people");
        var result = SinewCommand.Run("data", "generate", "--people", "4", "--people-per-image", "1", "--size", "240x320", "--seed", "11", "--out", folder);
        Assert.True(result.ExitCode == 0, result.Error);
        var photos = Directory.GetFiles(Path.Combine(folder, "images")).Order(StringComparer.Ordinal).ToList();
        var files = photos.Select(photo =>
        {
            using var image = ImageDecoder.Decode(photo);
            var png = Path.Combine(_folder.FullName, Path.GetFileNameWithoutExtension(photo) + ".png");
            ImageEncoder.Save(image, png);
            return png;
        }).ToList();
        return [.. files, photos[0]];
    }
}

/// <summary>Tests that share one <see cref="Serving"/>, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ServingTests : ICollectionFixture<Serving>
{
    public const string Name = "serving";
}
