using System.Globalization;

namespace Sinew.Imaging;

/// <summary>
/// Keys of WebDataset's samples from pictures' names. A sample's members have one name up to the first dot after the last slash, its key; so a
/// key has no such dot, and no two pictures have the same.
/// </summary>
internal sealed class PackNames
{
    private const int Longest = 200;

    // unpacked on Windows or macOS, names that differ in capitals only would be one file
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _counts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A key that was not given before: <c>train/my.photo.jpg</c> gives <c>train/my_photo</c>, and <c>train/my_photo-2</c> the second time.</summary>
    /// <param name="fileName">The picture's name in the label file; whatever it is, the key is a name below a folder.</param>
    public string Next(string fileName)
    {
        var parts = fileName.Split('/', '\\').Where(p => p is not ("" or "." or "..")).ToArray();
        if (parts.Length > 0) parts[^1] = Path.GetFileNameWithoutExtension(parts[^1]).Replace('.', '_');
        var name = Plain(string.Join('/', parts));
        if (name.Length == 0 || name.EndsWith('/')) name += "picture";
        var key = name;
        while (!_taken.Add(key))
        {
            var count = _counts[name] = _counts.GetValueOrDefault(name, 1) + 1;
            key = string.Create(CultureInfo.InvariantCulture, $"{name}-{count}");
        }

        return key;
    }

    /// <summary>A text as part of a file's name on any system.</summary>
    public static string Plain(string text)
    {
        var plain = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is ':' or '*' or '?' or '"' or '<' or '>' or '|' or '\\' ? '_' : c));
        return plain.Length <= Longest ? plain : plain[^Longest..].TrimStart('/');
    }
}
