using Sinew.Files;

namespace Sinew.Imaging;

/// <summary>
/// Keeps decoded images up to a number of bytes, the least recently used leaving first: where several people of one image,
/// or the epochs over a small data set, follow each other, an image is decoded once. Safe to share between threads.
/// </summary>
/// <param name="maxBytes">Pixels' bytes that are kept at most.</param>
public sealed class ImageCache(long maxBytes)
{
    private readonly Dictionary<(string Path, int Scale), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = [];
    private readonly Lock _lock = new();
    private long _bytes;

    private sealed record Entry((string Path, int Scale) Key, Image Image);

    /// <summary>Bytes of pixels kept now.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>
    /// The decoded file, which nobody may change or dispose. Two threads that ask for the same file at once may both decode it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is decoded; null for the defaults. Give a cache always the same but for the scale.</param>
    /// <exception cref="SinewException">The file cannot be read or decoded.</exception>
    public Image Get(string path, DecodeOptions? options = null)
    {
        var key = (path, options?.ScaleDenominator ?? 1);
        return Find(key) ?? Keep(key, ImageDecoder.Decode(path, options));
    }

    /// <summary>
    /// A decoded picture of a folder, which nobody may change or dispose. Two threads that ask for the same one at once may both decode it.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The picture's name relative to it, a loose file's or a shard member's.</param>
    /// <param name="options">How it is decoded; null for the defaults. Give a cache always the same but for the scale.</param>
    /// <exception cref="SinewException">The picture cannot be found, read or decoded.</exception>
    public Image Get(PictureFolder folder, string name, DecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var key = (folder.PathOf(name), options?.ScaleDenominator ?? 1);
        return Find(key) ?? Keep(key, ImageDecoder.Decode(folder, name, options));
    }

    private Image? Find((string Path, int Scale) key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var found)) return null;
            _byAge.Remove(found);
            _byAge.AddLast(found);
            return found.Value.Image;
        }
    }

    private Image Keep((string Path, int Scale) key, Image decoded)
    {
        // A pooled buffer can be twice as large as the picture, and must not go back while somebody still looks at it.
        var image = decoded.Copy();
        decoded.Dispose();
        lock (_lock)
        {
            if (image.Pixels.Length > maxBytes || _entries.ContainsKey(key)) return image;
            _entries[key] = _byAge.AddLast(new Entry(key, image));
            _bytes += image.Pixels.Length;
            while (_bytes > maxBytes)
            {
                var oldest = _byAge.First!.Value;
                _byAge.RemoveFirst();
                _entries.Remove(oldest.Key);
                _bytes -= oldest.Image.Pixels.Length;
            }
        }

        return image;
    }
}
