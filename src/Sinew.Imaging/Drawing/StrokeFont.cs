using System.Collections.Frozen;

namespace Sinew.Imaging;

/// <summary>
/// Letters as strokes, so that they can be drawn at any size with the same antialiased lines as everything else. A glyph is
/// polylines on a grid 4 wide: capitals reach from 0 (top) to 6 (baseline), small letters from 2, descenders to 8. A point is
/// two digits, x and y.
/// </summary>
internal static class StrokeFont
{
    public const float CapHeight = 6;
    public const float Ascent = 0.8f;
    public const float Descent = 2.4f;
    public const float Advance = 5.8f;

    /// <summary>What a character without a glyph looks like: an empty box.</summary>
    private const string Missing = "00 40 46 06 00";

    private static readonly FrozenDictionary<char, (float X, float Y)[][]> Glyphs = new Dictionary<char, string>
    {
        [' '] = "",
        ['A'] = "06 20 46,14 34",
        ['B'] = "33 03 00 30 41 42 33 44 45 36 06 03",
        ['C'] = "41 30 10 01 05 16 36 45",
        ['D'] = "00 06 26 45 41 20 00",
        ['E'] = "40 00 06 46,03 33",
        ['F'] = "40 00 06,03 33",
        ['G'] = "41 30 10 01 05 16 36 45 43 23",
        ['H'] = "00 06,40 46,03 43",
        ['I'] = "10 30,20 26,16 36",
        ['J'] = "40 45 36 16 05",
        ['K'] = "00 06,40 03 46",
        ['L'] = "00 06 46",
        ['M'] = "06 00 23 40 46",
        ['N'] = "06 00 46 40",
        ['O'] = "10 30 41 45 36 16 05 01 10",
        ['P'] = "06 00 30 41 42 33 03",
        ['Q'] = "10 30 41 45 36 16 05 01 10,24 47",
        ['R'] = "06 00 30 41 42 33 03,23 46",
        ['S'] = "41 30 10 01 02 13 33 44 45 36 16 05",
        ['T'] = "00 40,20 26",
        ['U'] = "00 05 16 36 45 40",
        ['V'] = "00 26 40",
        ['W'] = "00 16 22 36 40",
        ['X'] = "00 46,40 06",
        ['Y'] = "00 23 40,23 26",
        ['Z'] = "00 40 06 46",
        ['a'] = "43 32 12 03 05 16 36 45,42 46",
        ['b'] = "00 06,03 12 32 43 45 36 16 05",
        ['c'] = "43 32 12 03 05 16 36 45",
        ['d'] = "40 46,43 32 12 03 05 16 36 45",
        ['e'] = "04 44 43 32 12 03 05 16 36 45",
        ['f'] = "40 30 21 26,12 32",
        ['g'] = "43 32 12 03 05 16 36 45,42 47 38 18 07",
        ['h'] = "00 06,03 12 32 43 46",
        ['i'] = "22 26,20 20",
        ['j'] = "32 37 28 18,30 30",
        ['k'] = "00 06,42 04 46",
        ['l'] = "20 25 36",
        ['m'] = "02 06,03 12 23 26,23 32 43 46",
        ['n'] = "02 06,03 12 32 43 46",
        ['o'] = "12 32 43 45 36 16 05 03 12",
        ['p'] = "02 08,03 12 32 43 45 36 16 05",
        ['q'] = "42 48,43 32 12 03 05 16 36 45",
        ['r'] = "02 06,04 12 32 43",
        ['s'] = "43 32 12 03 14 34 45 36 16 05",
        ['t'] = "10 15 26 36,02 32",
        ['u'] = "02 05 16 36 45,42 46",
        ['v'] = "02 26 42",
        ['w'] = "02 16 23 36 42",
        ['x'] = "02 46,42 06",
        ['y'] = "02 05 16 36 45,42 47 38 18",
        ['z'] = "02 42 06 46",
        ['0'] = "10 30 41 45 36 16 05 01 10",
        ['1'] = "11 20 26,16 36",
        ['2'] = "01 10 30 41 42 06 46",
        ['3'] = "01 10 30 41 42 33 13,33 44 45 36 16 05",
        ['4'] = "36 30 04 44",
        ['5'] = "40 00 02 32 43 45 36 16 05",
        ['6'] = "30 10 01 05 16 36 45 44 33 13 04",
        ['7'] = "00 40 16",
        ['8'] = "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33",
        ['9'] = "16 36 45 41 30 10 01 02 13 33 42",
        ['.'] = "26 26",
        [','] = "26 17",
        [':'] = "23 23,26 26",
        [';'] = "23 23,26 17",
        ['!'] = "20 24,26 26",
        ['?'] = "01 10 30 41 42 23 24,26 26",
        ['-'] = "13 33",
        ['+'] = "04 44,22 26",
        ['='] = "03 43,05 45",
        ['_'] = "07 47",
        ['/'] = "40 06",
        ['\\'] = "00 46",
        ['|'] = "20 27",
        ['('] = "30 21 25 36",
        [')'] = "10 21 25 16",
        ['['] = "30 10 16 36",
        [']'] = "10 30 36 16",
        ['<'] = "41 13 45",
        ['>'] = "01 33 05",
        ['%'] = "40 06,00 10 11 01 00,35 45 46 36 35",
        ['#'] = "10 16,30 36,02 42,04 44",
        ['*'] = "21 25,03 43,12 34,32 14",
        ['\''] = "20 21",
        ['"'] = "10 11,30 31",
        ['&'] = "46 11 20 30 31 04 05 16 26 44",
        ['@'] = "34 32 12 14 34 44 41 30 10 01 05 16 36",
        ['~'] = "04 13 34 43",
        ['^'] = "12 20 32",
        ['\u00D7'] = "02 46,42 06",
        ['\u00B0'] = "10 20 21 11 10",
    }.ToFrozenDictionary(g => g.Key, g => Parse(g.Value));

    private static readonly (float X, float Y)[][] MissingGlyph = Parse(Missing);

    public static (float X, float Y)[][] Glyph(char letter) => Glyphs.GetValueOrDefault(letter, MissingGlyph);

    public static bool Has(char letter) => Glyphs.ContainsKey(letter);

    private static (float X, float Y)[][] Parse(string glyph) =>
        [.. glyph.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(
            line => line.Split(' ').Select(p => ((float)(p[0] - '0'), (float)(p[1] - '0'))).ToArray())];
}
