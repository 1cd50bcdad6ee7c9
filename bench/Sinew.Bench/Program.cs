using Sinew.Bench;

var benches = new SortedDictionary<string, Action<string[]>>(StringComparer.Ordinal)
{
    ["annotations"] = AnnotationsBench.Run,
    ["export"] = ExportBench.Run,
    ["imaging"] = ImagingBench.Run,
    ["training-step"] = TrainingStepBench.Run,
    ["teachers"] = TeachersBench.Run,
    ["scoring"] = ScoringBench.Run,
    ["shards"] = ShardsBench.Run,
    ["generate"] = GenerateBench.Run,
    ["folder"] = FolderBench.Run,
    ["inference"] = InferenceBench.Run,
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    Console.Error.WriteLine($"usage: Sinew.Bench NAME, one of {string.Join(", ", benches.Keys)}");
    return 2;
}

bench(args[1..]);
return 0;
