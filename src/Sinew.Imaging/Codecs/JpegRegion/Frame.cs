using System.Buffers.Binary;

namespace Sinew.Imaging.JpegRegion;

/// <summary>One component (Y, Cb or Cr) of a JPEG.</summary>
internal struct Component
{
    public byte Id;

    /// <summary>Blocks of this component per MCU, across and down.</summary>
    public int H, V;
    public int Quantisation;
    public int DcTable, AcTable;

    /// <summary>The last DC coefficient, which the next is a difference to.</summary>
    public int LastDc;
}

/// <summary>
/// What the segments before the scan of a baseline JPEG say, reused from file to file. Only what is common among
/// photographs is taken: 8 bits, Huffman codes, one scan with all components, grey or YCbCr at 4:4:4, 4:2:2 or 4:2:0, no
/// restart markers. Everything else is left to libjpeg-turbo.
/// </summary>
internal sealed class Frame
{
    private static ReadOnlySpan<byte> ZigZag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly HuffmanTable[] _dc = [new(), new(), new(), new()], _ac = [new(), new(), new(), new()];
    private int _haveDc, _haveAc, _haveQuantisation;

    public readonly Component[] Components = new Component[3];

    /// <summary>
    /// Per table and zigzag position: the quantisation step in the upper half, the coefficient's place in the lower. Sixteen
    /// more positions than there are coefficients, because a run may lead past the last one.
    /// </summary>
    public readonly int[][] Steps = [new int[80], new int[80], new int[80], new int[80]];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int ComponentCount { get; private set; }

    /// <summary>Sampling of the first component relative to the others: 1 or 2.</summary>
    public int MaxH { get; private set; }

    public int MaxV { get; private set; }

    /// <summary>Where the entropy-coded data starts.</summary>
    public int ScanStart { get; private set; }

    public HuffmanTable Dc(int component) => _dc[Components[component].DcTable];

    public HuffmanTable Ac(int component) => _ac[Components[component].AcTable];

    /// <summary>Reads the segments up to the scan.</summary>
    /// <returns>False where the file is of another kind or damaged.</returns>
    public bool TryRead(ReadOnlySpan<byte> file)
    {
        (_haveDc, _haveAc, _haveQuantisation, Width) = (0, 0, 0, 0);
        bool jfif = false, adobe = false;
        var adobeTransform = 0;
        var end = 2;
        foreach (var segment in new JpegSegments(file))
        {
            var payload = segment.Payload(file);
            end = segment.Start + segment.Length;
            switch (segment.Marker)
            {
                case 0xC0 or 0xC1:
                    if (Width != 0 || !TryReadFrame(payload)) return false;
                    break;
                case 0xC4:
                    if (!TryReadHuffman(payload)) return false;
                    break;
                case 0xDB:
                    if (!TryReadQuantisation(payload)) return false;
                    break;
                case 0xDD:
                    if (payload.Length < 2 || payload[0] != 0 || payload[1] != 0) return false;
                    break;
                case 0xE0:
                    jfif |= payload.Length >= 12 && payload.StartsWith("JFIF\0"u8);
                    break;
                case 0xEE:
                    if (payload.Length < 12 || !payload.StartsWith("Adobe"u8)) break;
                    (adobe, adobeTransform) = (true, payload[11]);
                    break;
                default:
                    if (segment.IsFrame || segment.Marker == 0xCC) return false;
                    break;
            }
        }

        if (Width == 0 || !TryReadScan(file, end)) return false;
        // How libjpeg guesses the colour space: JFIF is YCbCr, Adobe says, else the components' ids tell.
        return ComponentCount == 1 || jfif || (adobe ? adobeTransform == 1 : Components[0].Id == 1 && Components[1].Id == 2 && Components[2].Id == 3);
    }

    private bool TryReadFrame(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 6 || frame[0] != 8) return false;
        ComponentCount = frame[5];
        if (ComponentCount is not (1 or 3) || frame.Length < 6 + (3 * ComponentCount)) return false;
        for (var i = 0; i < ComponentCount; i++)
        {
            var part = frame.Slice(6 + (3 * i), 3);
            if (part[2] > 3) return false;
            Components[i] = new Component { Id = part[0], H = part[1] >> 4, V = part[1] & 15, Quantisation = part[2] };
        }

        // A single component is not interleaved: its MCU is one block, whatever the sampling says.
        if (ComponentCount == 1) (Components[0].H, Components[0].V) = (1, 1);
        (MaxH, MaxV) = (Components[0].H, Components[0].V);
        if ((MaxH, MaxV) is not ((1, 1) or (2, 1) or (2, 2))) return false;
        for (var i = 1; i < ComponentCount; i++)
        {
            if ((Components[i].H, Components[i].V) != (1, 1)) return false;
        }

        Height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
        Width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        // libjpeg upsamples very narrow pictures in another way.
        return Width >= 16 && Height >= 16;
    }

    private bool TryReadHuffman(ReadOnlySpan<byte> tables)
    {
        while (tables.Length > 0)
        {
            if (tables.Length < 17) return false;
            var (ac, id) = (tables[0] >> 4, tables[0] & 15);
            var counts = tables.Slice(1, 16);
            var total = 0;
            foreach (var count in counts) total += count;
            if (ac > 1 || id > 3 || total > 256 || tables.Length < 17 + total) return false;
            if (!(ac == 1 ? _ac : _dc)[id].TryBuild(counts, tables.Slice(17, total), ac == 1)) return false;
            if (ac == 1) _haveAc |= 1 << id;
            else _haveDc |= 1 << id;
            tables = tables[(17 + total)..];
        }

        return true;
    }

    private bool TryReadQuantisation(ReadOnlySpan<byte> tables)
    {
        while (tables.Length > 0)
        {
            if (tables.Length < 65 || tables[0] > 3) return false;
            var steps = Steps[tables[0]];
            for (var k = 0; k < 64; k++) steps[k] = (tables[1 + k] << 16) | ZigZag[k];
            for (var k = 64; k < steps.Length; k++) steps[k] = 63;
            _haveQuantisation |= 1 << tables[0];
            tables = tables[65..];
        }

        return true;
    }

    private bool TryReadScan(ReadOnlySpan<byte> file, int at)
    {
        while (at + 1 < file.Length && file[at] == 0xFF && file[at + 1] == 0xFF) at++;
        if (at + 4 > file.Length || file[at] != 0xFF || file[at + 1] != 0xDA) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        if (length != 6 + (2 * ComponentCount) || at + 2 + length > file.Length) return false;
        var scan = file.Slice(at + 4, length - 2);
        if (scan[0] != ComponentCount) return false;
        for (var i = 0; i < ComponentCount; i++)
        {
            ref var component = ref Components[i];
            if (scan[1 + (2 * i)] != component.Id) return false;
            (component.DcTable, component.AcTable) = (scan[2 + (2 * i)] >> 4, scan[2 + (2 * i)] & 15);
            if (component.DcTable > 3 || component.AcTable > 3) return false;
            if (((_haveDc >> component.DcTable) & (_haveAc >> component.AcTable) & (_haveQuantisation >> component.Quantisation) & 1) == 0) return false;
        }

        ScanStart = at + 2 + length;
        // Spectral selection of a baseline scan.
        return scan[^3] == 0 && scan[^2] == 63 && scan[^1] == 0;
    }
}
