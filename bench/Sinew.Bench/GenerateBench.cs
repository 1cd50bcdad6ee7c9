using System.Diagnostics;
using Sinew.Generation;
using Sinew.Generation.Bodies;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;
using Sinew.Generation.Scenes;
using Sinew.Imaging;

namespace Sinew.Bench;

/// <summary>How many people a second are generated at the default size, and where the time goes.</summary>
internal static class GenerateBench
{
    private const double Limit = 300;
    private const int Scenes = 256, WarmUp = 96;

    private static readonly string[] Stages = ["people, light", "visible surfaces", "joints in sight", "background", "shading", "blur", "developing"];

    /// <param name="args">Threads (2).</param>
    public static void Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0]) : 2;
        var options = new GeneratorOptions();
        var generator = new PeopleGenerator(options);
        Round(generator, threads, WarmUp);
        var best = Enumerable.Range(0, 3).Select(_ => Round(generator, threads, Scenes)).MaxBy(r => r.PerSecond);
        Console.WriteLine($"{Scenes} pictures of {options.Width}×{options.Height}, {best.People} people, {threads} threads, best of three rounds");
        Console.WriteLine($"  {best.PerSecond:f0} people/s ({best.PerSecond / Limit:f2} × the limit of {Limit}), {best.PerCpuSecond:f0} per second of processor time");

        var milliseconds = new double[Stages.Length];
        var people = Staged(options, milliseconds);
        Console.WriteLine("one thread, processor time");
        for (var i = 0; i < Stages.Length; i++) Console.WriteLine($"  {Stages[i],-18} {milliseconds[i] / people,6:f2} ms a person {milliseconds[i] / milliseconds.Sum(),7:p1}");
    }

    private static (double PerSecond, double PerCpuSecond, int People) Round(PeopleGenerator generator, int threads, int scenes)
    {
        var people = 0;
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        Parallel.For(0, scenes, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            using var scene = generator.Generate(i);
            Interlocked.Add(ref people, scene.People.Count);
        });
        return (people / clock.Elapsed.TotalSeconds, people / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, people);
    }

    private static int Staged(GeneratorOptions options, double[] milliseconds)
    {
        var (mesh, tube, mesher, raster) = (new Mesh(), new Tube(), new BodyMesher(), new Rasteriser());
        var (canvas, half, quarter) = (new Canvas(), new Canvas(), new Canvas());
        using var image = new Image(options.Width, options.Height);
        var people = 0;
        for (var i = 0; i < Scenes; i++)
        {
            var last = Environment.CpuUsage.TotalTime;
            void Done(int stage)
            {
                var now = Environment.CpuUsage.TotalTime;
                milliseconds[stage] += (now - last).TotalMilliseconds;
                last = now;
            }

            var scene = new SceneBuilder(options, i);
            scene.Build(mesh, mesher, tube);
            Done(0);
            raster.Draw(mesh, scene.Camera, options.Width, options.Height);
            Done(1);
            people += Sight.Of([.. scene.Actors.Select(a => a.Figure)], scene.Camera, mesh, raster, options.Width, options.Height).Count;
            Done(2);
            canvas.Resize(options.Width, options.Height);
            scene.Backdrop.Paint(canvas, half, quarter, scene.Camera, scene.Light, scene.Capsules, raster);
            Done(3);
            Shader.Resolve(mesh, raster, scene.Camera, scene.Light, canvas);
            Done(4);
            var development = new Development(new GeneratorRandom(options.Seed, i, 7));
            development.Blur(canvas, half);
            Done(5);
            development.Develop(canvas, image);
            Done(6);
        }

        return people;
    }
}
