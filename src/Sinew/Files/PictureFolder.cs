namespace Sinew.Files;

/// <summary>
/// A folder of pictures: loose files, or members of WebDataset shards (<c>*.tar</c>) that lie in it. A picture is looked for as a loose file
/// first. Safe to share between threads.
/// </summary>
/// <remarks>
/// Of a shard nothing but the headers is read until a picture is asked for, and of that picture nothing but its own bytes. A member's name is what
/// it is found by, and never a path on the disk.
/// </remarks>
/// <param name="folder">The folder. What is in its shards is found out when a picture is asked for that is no loose file.</param>
public sealed class PictureFolder(string folder)
{
    private readonly Lazy<ShardIndex> _shards = new(() => ShardIndex.Of(folder), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The endings of pictures' names, with the dot.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>The folder, as it was given.</summary>
    public string Folder => folder;

    /// <summary>Whether a name ends as pictures' names do; only such members of shards are looked at.</summary>
    /// <param name="name">A file's or member's name.</param>
    public static bool IsPictureName(string name) => Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The path that a picture has, or would have, as a loose file.</summary>
    /// <param name="name">Its name relative to the folder.</param>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Whether a picture is there, loose or in a shard.</summary>
    /// <param name="name">Its name relative to the folder.</param>
    /// <exception cref="SinewException">A shard is damaged or cannot be read, or two have a picture of the same name.</exception>
    public bool Has(string name) => File.Exists(PathOf(name)) || _shards.Value.Find(name) is not null;

    /// <summary>A picture that lies in a shard; null where it is a loose file.</summary>
    /// <param name="name">Its name relative to the folder.</param>
    /// <exception cref="SinewException">
    /// There is neither, or a shard is damaged or cannot be read, or two have a picture of the same name.
    /// </exception>
    public ShardMember? InShard(string name)
    {
        if (File.Exists(PathOf(name))) return null;
        return _shards.Value.Find(name) ?? throw new SinewException($"{PathOf(name)}: no such file{(_shards.Value.Shards > 0 ? $", and no such picture in the {_shards.Value.Shards} shards of {folder}" : "")}");
    }
}
