using System.Security.Cryptography;
using Sinew.Yaml;

namespace Sinew.Inference;

/// <summary>Finds the card of a network's weights, or the weights of a card.</summary>
public static class ModelCards
{
    private const string Prefix = "card/";
    private static readonly string[] Parts = ["kind", "file", "input", "output"];
    private static readonly Lazy<IReadOnlyList<ModelCard>> Known = new(ReadBuiltIn);

    /// <summary>The cards that come with the library. The weights do not.</summary>
    public static IReadOnlyList<ModelCard> BuiltIn => Known.Value;

    /// <summary>The weights and the card that a path stands for.</summary>
    /// <param name="path">
    /// A card (<c>.yaml</c>), whose weights lie beside it; or weights, whose card lies beside them or in a folder <c>models</c> there
    /// (under the weights' own name or naming their file), or is one of <see cref="BuiltIn"/>, by SHA-256.
    /// </param>
    /// <returns>The weights' path, and their card; null where no card is found.</returns>
    /// <exception cref="SinewException">A file is missing, a card is wrong, or the weights are not those that their card names.</exception>
    public static (string Weights, ModelCard? Card) Find(string path)
    {
        if (IsYaml(path))
        {
            var card = ModelCard.Load(path);
            var weights = Path.Combine(Path.GetDirectoryName(path) ?? "", card.File);
            if (!File.Exists(weights)) throw new SinewException($"{path}: its weights '{card.File}' are not beside it; put them there, or give the weights' own path");
            Verify(card, path, weights, Hash(weights));
            return (weights, card);
        }

        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such file");
        if (Beside(path) is { } found)
        {
            var card = ModelCard.Load(found);
            if (card.Sha256 is not null) Verify(card, found, path, Hash(path));
            return (path, card);
        }

        var hash = Hash(path);
        return (path, BuiltIn.FirstOrDefault(c => c.Sha256 == hash));
    }

    /// <summary>The weights that a path stands for, with a card that lies anywhere.</summary>
    /// <param name="path">As for <see cref="Find(string)"/>.</param>
    /// <param name="card">The card of these weights, whatever file it names; null to look for it.</param>
    /// <exception cref="SinewException">A file is missing, the card is wrong, or the weights are not those whose hash it has.</exception>
    public static (string Weights, ModelCard? Card) Find(string path, string? card)
    {
        if (card is null) return Find(path);
        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such file");
        var given = ModelCard.Load(card);
        if (given.Sha256 is not null) Verify(given, card, path, Hash(path));
        return (path, given);
    }

    /// <summary>True where a path stands for an ONNX file: one, or the card of one.</summary>
    /// <param name="path">Weights or a card.</param>
    /// <exception cref="SinewException">The card is missing or wrong.</exception>
    public static bool IsOnnx(string path) =>
        Path.GetExtension(IsYaml(path) ? ModelCard.Load(path).File : path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Loads a network with its card: one that is given or found, the network's own, or one for a form that can be recognised.</summary>
    /// <param name="path">As for <see cref="Find(string)"/>.</param>
    /// <param name="options">How to run it; null for the CPU with all cores.</param>
    /// <param name="ownCard">The card of these weights; null to look for it.</param>
    /// <exception cref="SinewException">A file is missing or wrong, or no card is found.</exception>
    public static (OnnxModel Model, ModelCard Card) Open(string path, OnnxOptions? options = null, string? ownCard = null)
    {
        var (weights, card) = Find(path, ownCard);
        var model = OnnxModel.Load(weights, options);
        try
        {
            card ??= model.Metadata.TryGetValue(ModelCard.MetadataKey, out var yaml)
                ? ModelCard.Parse(yaml, $"{weights}({ModelCard.MetadataKey})")
                : KnownForms.Recognise(model, Path.GetFileName(weights));
            return (model, card
                ?? throw new SinewException(
                    $"{weights}: has no model card, and {string.Join("; ", model.Outputs)} is no form that is known; " +
                    $"write a card beside it ({Path.GetFileNameWithoutExtension(weights)}.yaml)"));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static string? Beside(string weights)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(weights))!;
        var own = Path.ChangeExtension(Path.Combine(folder, Path.GetFileName(weights)), ".yaml");
        if (File.Exists(own) && !IsOther(own)) return own;
        foreach (var place in new[] { folder, Path.Combine(folder, "models") })
        {
            if (!Directory.Exists(place)) continue;
            var cards = Directory.EnumerateFiles(place, "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 }).Where(IsYaml).Order(StringComparer.Ordinal);
            if (cards.FirstOrDefault(c => Names(c, Path.GetFileName(weights))) is { } card) return card;
        }

        return null;
    }

    /// <summary>True for a YAML file that has nothing of a card: a skeleton or a recipe, which often goes by the same name as the weights.</summary>
    private static bool IsOther(string yaml)
    {
        try
        {
            var map = YamlMap.Load(yaml);
            return !Parts.Any(map.Has);
        }
        catch (SinewException)
        {
            // reading it as a card says what is wrong with it
            return false;
        }
    }

    /// <summary>True where a YAML file is a card of this file of weights; any other YAML in the folder is no concern of ours.</summary>
    private static bool Names(string yaml, string file)
    {
        try
        {
            // a pipe, which nobody may ever write to, has no length; neither has a link that leads nowhere
            var target = new FileInfo(yaml).ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? new FileInfo(yaml);
            if (!target.Exists || target.Length == 0) return false;
            var map = YamlMap.Load(yaml);
            return map.Has("kind") && map.Has("input") && map.Has("file") && map.Text("file") == file;
        }
        catch (Exception e) when (e is SinewException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Verify(ModelCard card, string path, string weights, string hash)
    {
        if (card.Sha256 is { } expected && expected != hash)
        {
            throw new SinewException($"{weights}: not the weights that {path} describes (SHA-256 {hash[..12]}…, the card says {expected[..12]}…)");
        }
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static List<ModelCard> ReadBuiltIn()
    {
        var assembly = typeof(ModelCards).Assembly;
        var cards = new List<ModelCard>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            cards.Add(ModelCard.Parse(reader.ReadToEnd(), resource));
        }

        return cards;
    }
}
