using System.Collections.Concurrent;
using Sinew.Generation.Bodies;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;
using Sinew.Generation.Scenes;
using Sinew.Imaging;

namespace Sinew.Generation;

/// <summary>
/// Draws pictures of people who do not exist, with the true place and visibility of every joint. A scene follows from the options and
/// its index alone, to the last bit and on every machine: all numbers are made by IEEE 754's exact operations. Any number of
/// threads may share a generator.
/// </summary>
public sealed class PeopleGenerator
{
    /// <summary>Raised whenever the same options and index give another picture than before: what was kept of an older one is drawn anew then.</summary>
    public const int Version = 1;

    private const int DevelopStream = 7;
    private readonly ConcurrentBag<Desk> _desks = [];

    /// <summary>What one thread works with.</summary>
    private sealed class Desk
    {
        public readonly Mesh Mesh = new();
        public readonly Tube Tube = new();
        public readonly BodyMesher Mesher = new();
        public readonly Rasteriser Raster = new();
        public readonly Canvas Canvas = new(), Other = new(), Quarter = new();
    }

    /// <summary>Prepares a generator; nothing is drawn yet.</summary>
    /// <param name="options">What is generated.</param>
    /// <exception cref="SinewException">An option is out of its range.</exception>
    public PeopleGenerator(GeneratorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
    }

    /// <summary>What is generated.</summary>
    public GeneratorOptions Options { get; }

    /// <summary>Draws one scene.</summary>
    /// <param name="index">Which: 0 or more.</param>
    /// <returns>The picture, which the caller disposes of, and its people.</returns>
    public GeneratedScene Generate(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (!_desks.TryTake(out var desk)) desk = new Desk();
        try
        {
            return Generate(index, desk);
        }
        finally
        {
            _desks.Add(desk);
        }
    }

    private GeneratedScene Generate(long index, Desk desk)
    {
        var scene = new SceneBuilder(Options, index);
        scene.Build(desk.Mesh, desk.Mesher, desk.Tube);
        desk.Raster.Draw(desk.Mesh, scene.Camera, Options.Width, Options.Height);
        var people = Sight.Of([.. scene.Actors.Select(a => a.Figure)], scene.Camera, desk.Mesh, desk.Raster, Options.Width, Options.Height);

        var random = new GeneratorRandom(Options.Seed, index, DevelopStream);
        desk.Canvas.Resize(Options.Width, Options.Height);
        scene.Backdrop.Paint(desk.Canvas, desk.Other, desk.Quarter, scene.Camera, scene.Light, scene.Capsules, desk.Raster);

        Shader.Resolve(desk.Mesh, desk.Raster, scene.Camera, scene.Light, desk.Canvas);
        var development = new Development(random);
        development.Blur(desk.Canvas, desk.Other);
        var image = Image.Rent(Options.Width, Options.Height);
        development.Develop(desk.Canvas, image);
        var quality = random.Chance(0.3f) ? 30 + random.Whole(40) : 70 + random.Whole(26);
        return new GeneratedScene(index, image, people, scene.Look, quality);
    }
}
