namespace Sinew.TestSupport;

/// <summary>Damaged copies of files, the same for a seed.</summary>
public static class Damage
{
    /// <summary>Copies with one to three bytes changed, each fifth also cut short.</summary>
    /// <param name="good">The file as it should be.</param>
    /// <param name="rounds">How many copies.</param>
    /// <param name="seed">Which bytes.</param>
    public static IEnumerable<byte[]> Of(byte[] good, int rounds, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            byte[] bad = [.. good];
            for (var i = random.Next(1, 4); i > 0; i--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            yield return round % 5 == 0 ? bad[..random.Next(bad.Length)] : bad;
        }
    }
}
