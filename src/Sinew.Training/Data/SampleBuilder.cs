using Sinew.Codecs;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;
using Sinew.Training.Recipes;

namespace Sinew.Training.Data;

/// <summary>
/// Fills batches: picture, augmented crop, joints in the student's order, SimCC labels, teachers' targets. Everything in a
/// batch follows from the recipe, its draws and its step, so that any thread may fill any batch.
/// </summary>
public sealed class SampleBuilder
{
    private readonly IReadOnlyList<TrainingSet> _sets;
    private readonly IReadOnlyList<TeacherSource> _teachers;
    private readonly Skeleton _skeleton;
    private readonly BatchShape _shape;
    private readonly SimCcCodec _codec;
    private readonly GeometryAugmenter[] _firstStage;
    private readonly GeometryAugmenter[] _lastStage;
    private readonly WarmStartOptions _warmStart;
    private readonly ulong _seed;
    private readonly long _steps;
    private readonly long _lastStageStep;

    /// <summary>Makes a builder for one training.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="sets">The data sets, in the recipe's order.</param>
    /// <param name="teachers">The teachers, in the recipe's order.</param>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="shape">Sizes of a batch.</param>
    /// <param name="steps">Steps in all.</param>
    public SampleBuilder(
        Recipe recipe, IReadOnlyList<TrainingSet> sets, IReadOnlyList<TeacherSource> teachers, Skeleton skeleton, BatchShape shape, long steps)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        (_sets, _teachers, _skeleton, _shape) = (sets, teachers, skeleton, shape);
        (_warmStart, _seed) = (recipe.WarmStart, (ulong)recipe.Seed);
        var (first, last) = recipe.Augmentation.Stages();
        _firstStage = [.. sets.Select(s => new GeometryAugmenter(s.Skeleton, first))];
        _lastStage = [.. sets.Select(s => new GeometryAugmenter(s.Skeleton, last))];
        _codec = SimCcCodec.ForInput(shape.Width, shape.Height);
        _steps = steps;
        _lastStageStep = (long)Math.Round(steps * (1 - recipe.Augmentation.LastStage));
    }

    /// <summary>Fills a batch whose step and draws are set.</summary>
    /// <param name="batch">The batch.</param>
    public void Fill(BatchData batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var codec = CodecAt(batch.Step);
        var augmenters = batch.Step >= _lastStageStep ? _lastStage : _firstStage;
        var geometries = new CropGeometry[batch.Draws.Length];
        var shown = _teachers.Select(t => t.CropsFor(batch.Draws.Length)).ToArray();
        var crop = new byte[_shape.Width * _shape.Height * 3];
        for (var i = 0; i < batch.Draws.Length; i++)
            geometries[i] = FillPerson(batch, i, codec, augmenters, crop, shown);
        for (var t = 0; t < _teachers.Count; t++)
            _teachers[t].Fill(batch.Draws, geometries, shown[t], batch.Teachers[t]);
    }

    private CropGeometry FillPerson(BatchData batch, int slot, SimCcCodec codec, GeometryAugmenter[] augmenters, byte[] crop, byte[][] shown)
    {
        var draw = batch.Draws[slot];
        var set = _sets[draw.Dataset];
        using var person = set.Person(draw.Person);
        var augmenter = augmenters[draw.Dataset];
        var random = new AugmentRandom(_seed, draw.Pass, ((long)draw.Dataset << 32) + draw.Person);
        var geometry = augmenter.Sample(
            ref random, person.Box, person.Keypoints, person.States, _shape.Width, _shape.Height);
        var pixels = PixelAugmentation.Sample(ref random, augmenter.Options, _shape.Width, _shape.Height);
        Warp.Crop(person.Picture, geometry, crop);
        CropPipeline.Apply(pixels, crop, _shape.Width, _shape.Height);
        var planes = 3 * _shape.Width * _shape.Height;
        Normalise.ToPlanes(crop, batch.Crops.AsSpan(slot * planes, planes), PixelNorm.ImageNet);
        for (var t = 0; t < _teachers.Count; t++)
        {
            if (shown[t].Length == 0) continue;
            var (width, height) = _teachers[t].Input;
            var rgb = shown[t].AsSpan(slot * width * height * 3, width * height * 3);
            var other = geometry.Resized(width, height);
            Warp.Crop(person.Picture, other, rgb);
            CropPipeline.Apply(pixels.For(geometry, other), rgb, width, height);
        }

        Labels(batch, slot, codec, set, person, geometry);
        return geometry;
    }

    private void Labels(BatchData batch, int slot, SimCcCodec codec, TrainingSet set, TrainingPerson person, CropGeometry geometry)
    {
        var own = set.Skeleton.Count;
        Span<float> keypoints = stackalloc float[own * 2];
        Span<JointState> states = stackalloc JointState[own];
        JointTransform.Apply(geometry, person.Keypoints, person.States, set.Skeleton, keypoints, states);

        var joints = _skeleton.Count;
        Span<JointState> all = stackalloc JointState[joints];
        var positions = batch.Positions.AsSpan(slot * joints * 2, joints * 2);
        all.Clear(); // JointState.Undefined: what this data set lacks carries no loss
        positions.Clear();
        for (var j = 0; j < own; j++)
        {
            var target = set.Mapping.TargetOf[j];
            if (target < 0) continue;
            all[target] = states[j];
            positions[target * 2] = keypoints[j * 2];
            positions[(target * 2) + 1] = keypoints[(j * 2) + 1];
        }

        codec.Encode(
            positions, all,
            batch.LabelX.AsSpan(slot * joints * _shape.BinsX, joints * _shape.BinsX),
            batch.LabelY.AsSpan(slot * joints * _shape.BinsY, joints * _shape.BinsY),
            batch.Weight.AsSpan(slot * joints, joints));
    }

    private SimCcCodec CodecAt(long step)
    {
        var wideSteps = _warmStart.Sigma * _steps;
        if (step >= wideSteps) return _codec;
        var scale = 1 + ((_warmStart.SigmaScale - 1) * (1 - (step / wideSteps)));
        return new SimCcCodec(_codec.Width, _codec.Height, _codec.SplitRatio, (_codec.Sigma.X * scale, _codec.Sigma.Y * scale));
    }
}
