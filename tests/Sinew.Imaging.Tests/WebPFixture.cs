namespace Sinew.Imaging.Tests;

/// <summary>
/// A lossless WebP of one colour, written bit by bit after RFC 9649, section 3: no transforms, no colour cache, and five
/// prefix codes of one symbol each, so that every pixel takes no bits at all.
/// </summary>
internal static class WebPFixture
{
    public const int Width = 21, Height = 13;

    public static ReadOnlySpan<byte> Color => [200, 120, 30];

    public static byte[] Lossless()
    {
        var bits = new List<bool>();
        Put(Width - 1, 14);
        Put(Height - 1, 14);
        Put(0, 1); // no alpha
        Put(0, 3); // version
        Put(0, 1); // no transform
        Put(0, 1); // no colour cache
        Put(0, 1); // one set of prefix codes
        foreach (var symbol in (int[])[Color[1], Color[0], Color[2], 255, 0])
        {
            Put(1, 1); // a simple code …
            Put(0, 1); // … of one symbol …
            Put(1, 1); // … given in eight bits
            Put(symbol, 8);
        }

        var data = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++) data[i / 8] |= (byte)(bits[i] ? 1 << (i % 8) : 0);
        byte[] chunk = [0x2F, .. data];
        byte[] padded = chunk.Length % 2 == 0 ? chunk : [.. chunk, 0];
        return
        [
            .. "RIFF"u8, .. BitConverter.GetBytes(4 + 8 + padded.Length), .. "WEBP"u8,
            .. "VP8L"u8, .. BitConverter.GetBytes(chunk.Length), .. padded,
        ];

        void Put(int value, int count)
        {
            for (var i = 0; i < count; i++) bits.Add((value >> i & 1) != 0);
        }
    }
}
