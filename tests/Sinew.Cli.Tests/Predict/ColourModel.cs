using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Inference.Tests;

namespace Sinew.Cli.Tests.Predict;

/// <summary>
/// A network whose answer is plain to see: its three joints are where a crop is reddest, greenest and bluest. And pictures for it.
/// </summary>
internal static class ColourModel
{
    public const int Width = 48;
    public const int Height = 64;

    /// <summary>Writes network, card and skeleton; skips the calling test where ONNX Runtime is not installed.</summary>
    /// <returns>The network's path.</returns>
    public static string Write(string folder, string name = "colours")
    {
        try
        {
            OnnxRuntime.Get();
        }
        catch (SinewException e) when (e.Message.Contains("was not found", StringComparison.Ordinal))
        {
            Assert.Skip("needs ONNX Runtime's library (eng/get-onnxruntime.sh)");
        }

        Directory.CreateDirectory(folder);
        var onnx = Path.Combine(folder, name + ".onnx");
        File.WriteAllBytes(onnx, new OnnxBuilder().Input("image", OnnxElementType.Float32, -1, 3, Height, Width)
            .Output("heatmaps", OnnxElementType.Float32, -1, 3, Height, Width).Node("Identity", "image", "heatmaps").Build());
        File.WriteAllText(Path.Combine(folder, "rgb.yaml"), "name: rgb\njoints:\n  - {name: red, sigma: 0.05}\n  - {name: green, sigma: 0.05}\n  - {name: blue, sigma: 0.05}\n");
        File.WriteAllText(
            Path.Combine(folder, name + ".yaml"),
            $"name: {name}\nkind: pose\nfile: {name}.onnx\nskeleton: rgb.yaml\ninput: {{width: {Width}, height: {Height}, scale: 0.00392156862745098}}\noutput: {{kind: heatmap, stride: 1}}\ncrop: {{padding: 1}}\n");
        return onnx;
    }

    /// <summary>A dark picture, twice the size of a crop, with a red, a green and a blue spot.</summary>
    public static Image Picture(params (float X, float Y)[] spots)
    {
        var image = new Image(2 * Width, 2 * Height);
        Spots(image, spots);
        return image;
    }

    /// <summary>Puts a red, a green and a blue spot onto a picture.</summary>
    public static void Spots(Image image, params (float X, float Y)[] spots)
    {
        for (var colour = 0; colour < spots.Length; colour++)
        {
            var (x, y) = spots[colour];
            for (var v = Math.Max((int)y - 8, 0); v <= Math.Min((int)y + 8, image.Height - 1); v++)
            {
                for (var u = Math.Max((int)x - 8, 0); u <= Math.Min((int)x + 8, image.Width - 1); u++)
                {
                    image.Row(v)[(u * 3) + colour] = (byte)(250 * Math.Exp(-(((u - x) * (u - x)) + ((v - y) * (v - y))) / 12));
                }
            }
        }
    }

    /// <summary>Writes a picture whose spots follow from a number.</summary>
    public static (float X, float Y)[] Save(string path, int number)
    {
        (float, float)[] spots = [(20 + (number % 50), 30), (60, 40 + (number % 70)), (30, 110 - (number % 40))];
        using var image = Picture(spots);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ImageEncoder.Save(image, path);
        return spots;
    }
}
