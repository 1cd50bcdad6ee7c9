using System.Globalization;
using System.Text;

namespace Sinew.Files;

/// <summary>Which picture lies where in the tar shards of a folder.</summary>
internal sealed class ShardIndex
{
    private const int MostPictures = 4_000_000;
    private const long MostNameBytes = 256L << 20;
    // Linux lets a process have 1,024 open files where nobody changed it
    private const int KeptOpen = 256;

    private static readonly Dictionary<string, (string Stamp, ShardIndex Index)> Known = new(StringComparer.Ordinal);
    private static readonly Lock KnownLock = new();

    private readonly Dictionary<string, ShardMember> _members = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly int _mostPictures;
    private readonly long _mostNameBytes;
    private long _nameBytes;

    /// <summary>Reads the headers of shards.</summary>
    /// <param name="folder">What they are called together, in messages.</param>
    /// <param name="shards">The files.</param>
    /// <param name="mostPictures">How many pictures they may have.</param>
    /// <param name="mostNameBytes">How many bytes these pictures' names may have.</param>
    /// <exception cref="SinewException">A shard is damaged or cannot be read, there is more than allowed, or two have a picture of the same name.</exception>
    internal ShardIndex(string folder, IReadOnlyList<FileInfo> shards, int mostPictures = MostPictures, long mostNameBytes = MostNameBytes)
    {
        (_folder, Shards, _mostPictures, _mostNameBytes) = (folder, shards.Count, mostPictures, mostNameBytes);
        for (var i = 0; i < shards.Count; i++) _ = new Shard(shards[i].FullName, keep: i < KeptOpen, AddAll);
    }

    /// <summary>How many shards there are.</summary>
    public int Shards { get; }

    /// <summary>
    /// The index of a folder's shards, empty where it has none. It is made once in a process: the data sets and evaluations of a recipe share
    /// folders, and headers that lie between photographs take a disk seconds to collect.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="SinewException">A shard is damaged or cannot be read, or two have a picture of the same name.</exception>
    public static ShardIndex Of(string folder)
    {
        try
        {
            var full = Path.GetFullPath(folder);
            List<FileInfo> shards = Directory.Exists(full)
                ? [.. new DirectoryInfo(full).EnumerateFiles("*.tar").OrderBy(f => f.Name, StringComparer.Ordinal)]
                : [];
            var stamp = string.Join('\n', shards.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}")));
            lock (KnownLock)
            {
                if (Known.TryGetValue(full, out var known) && known.Stamp == stamp) return known.Index;
                var index = new ShardIndex(folder, shards);
                Known[full] = (stamp, index);
                return index;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SinewException($"{folder}: cannot be looked through for shards: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Finds a picture.</summary>
    /// <param name="name">Its name, as the shard has it.</param>
    public ShardMember? Find(string name) => _members.TryGetValue(Plain(name), out var member) ? member : null;

    private void AddAll(Shard shard, TarHeaders headers)
    {
        while (headers.Next(out var member))
        {
            var name = Plain(member.Name);
            if (!PictureFolder.IsPictureName(name)) continue;
            _nameBytes += Encoding.UTF8.GetByteCount(name);
            if (_members.Count == _mostPictures || _nameBytes > _mostNameBytes)
                throw new SinewException($"{shard.Path}: with it the shards of {_folder} have more than {_mostPictures:N0} pictures, or too long names; spread them over several folders and data sets");
            if (!_members.TryAdd(name, new ShardMember(shard, member.Offset, member.Length)))
                throw new SinewException($"{shard.Path}: has a picture '{name}', and so has {_members[name].Shard}; take one of them out of the folder");
        }
    }

    // tar -cf shard.tar . writes names that begin so
    private static string Plain(string name)
    {
        while (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..].TrimStart('/');
        return name;
    }
}
