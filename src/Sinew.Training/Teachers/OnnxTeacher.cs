using System.Security.Cryptography;
using System.Text;
using Sinew.Inference;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>Opens teachers from ONNX files and their model cards.</summary>
public static class OnnxTeacher
{
    /// <summary>Opens a teacher.</summary>
    /// <param name="path">The ONNX file or its card, as <see cref="ModelCards.Find(string)"/> takes it.</param>
    /// <param name="skeleton">Its joints; null for the built-in skeleton that the card names.</param>
    /// <param name="name">Short name; null for the card's.</param>
    /// <param name="reading">How its output is read; null for the defaults, with the card's β.</param>
    /// <param name="options">How it is run; null for one thread of the CPU: a training asks from several threads at once.</param>
    /// <param name="ownCard">The card of these weights; null to look for it.</param>
    /// <exception cref="SinewException">A file is missing or wrong, the skeleton is unknown, or model, card and skeleton do not fit each other.</exception>
    public static ITeacher Open(
        string path, Skeleton? skeleton = null, string? name = null, TeacherReading? reading = null, OnnxOptions? options = null, string? ownCard = null)
    {
        var (weights, _) = ModelCards.Find(path, ownCard);
        var model = RawPoseModel.Load(path, options ?? new OnnxOptions { Threads = 1, Spin = false }, ownCard);
        try
        {
            return Open(model, Fingerprint(weights, model.Card), skeleton, name, reading);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Makes a teacher of a loaded network.</summary>
    /// <param name="model">The network; belongs to the teacher from then on.</param>
    /// <param name="weights">The hash of its weights and card.</param>
    /// <param name="skeleton">Its joints; null for the built-in skeleton that the card names.</param>
    /// <param name="name">Short name; null for the card's.</param>
    /// <param name="reading">How its output is read; null for the defaults, with the card's β.</param>
    /// <exception cref="SinewException">The skeleton is unknown, or model, card and skeleton do not fit each other.</exception>
    public static ITeacher Open(RawPoseModel model, string weights, Skeleton? skeleton = null, string? name = null, TeacherReading? reading = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var card = model.Card;
        skeleton ??= model.Skeleton;
        if (skeleton.Count != model.Joints)
        {
            throw new SinewException($"{card.File}: gives {model.Joints} joints, the skeleton {skeleton.Name} has {skeleton.Count}; correct the card '{card.Name}'");
        }

        var (width, height) = (card.Input.Width, card.Input.Height);
        var padding = (float)card.Crop.Padding;
        var output = model.Output;
        name ??= card.Name;
        reading ??= new TeacherReading { Sharpness = (float)output.Beta };
        switch (output.Kind)
        {
            case PoseOutputKind.SimCC:
                return new SimCcTeacher(name, skeleton, width, height, output.Split, new Network(model), weights, reading) { Padding = padding };
            case PoseOutputKind.Coordinates or PoseOutputKind.Points:
                return new PointTeacher(name, skeleton, width, height, new Network(model), weights, reading) { Padding = padding };
            default:
                // A graph with free axes says the size of its maps only when it runs.
                using (var probe = model.Run(new byte[width * height * 3], 1))
                {
                    var x = BinAxis.Heatmap(probe.Width, output.Stride, output.Offset);
                    var y = BinAxis.Heatmap(probe.Height, output.Stride, output.Offset);
                    if (Math.Abs((x.Count * x.Step) - width) >= x.Step || Math.Abs((y.Count * y.Step) - height) >= y.Step)
                    {
                        throw new SinewException(
                            $"{card.File}: its heatmaps of {x.Count}x{y.Count} cells of {output.Stride} pixels do not cover its input of {width}x{height}; correct the card '{card.Name}'");
                    }

                    return new HeatmapTeacher(name, skeleton, width, height, x, y, new Network(model), weights, reading) { Padding = padding };
                }
        }
    }

    /// <summary>The hash of a file of weights and its card, as teachers carry it.</summary>
    /// <param name="weights">The file.</param>
    /// <param name="card">Its card.</param>
    public static string Fingerprint(string weights, ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        using var stream = File.OpenRead(weights);
        return $"{Convert.ToHexStringLower(SHA256.HashData(stream))} card {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(card.ToYaml())))[..16]}";
    }

    private sealed class Network(RawPoseModel model) : ITeacherNetwork
    {
        public ITeacherNetworkOutput Run(ReadOnlySpan<byte> crops, int people) => new Output(model.Run(crops, people), model.Card.Input);

        public void Dispose() => model.Dispose();
    }

    private sealed class Output : ITeacherNetworkOutput
    {
        private readonly RawPoseOutput _raw;
        private readonly float[]? _points;

        public Output(RawPoseOutput raw, ModelInput input)
        {
            _raw = raw;
            if (raw.Kind == PoseOutputKind.Points) _points = raw.Points.ToArray();
            if (raw.Kind != PoseOutputKind.Coordinates) return;

            // y and x as fractions become x and y in pixels.
            _points = raw.Coordinates.ToArray();
            for (var i = 0; i < _points.Length; i += 3)
            {
                (_points[i], _points[i + 1]) = (_points[i + 1] * input.Width, _points[i] * input.Height);
            }
        }

        public ReadOnlySpan<float> First => _points ?? (_raw.Kind == PoseOutputKind.SimCC ? _raw.SimccX : _raw.Heatmaps);

        public ReadOnlySpan<float> Second => _raw.Kind == PoseOutputKind.SimCC ? _raw.SimccY : default;

        public void Dispose() => _raw.Dispose();
    }
}
