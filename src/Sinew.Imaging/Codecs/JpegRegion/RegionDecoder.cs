using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging.JpegRegion;

/// <summary>A part of a picture, pixels: columns and rows from the first to before the last.</summary>
internal readonly record struct Region(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;
}

/// <summary>
/// Decodes a part of a baseline JPEG. The coefficients before the part must be read, because each depends on those before
/// it, but only the part's blocks are transformed, upsampled and coloured, and nothing behind it is looked at. The pixels
/// are those that libjpeg-turbo gives. Files of another kind, and all with an error, are left to libjpeg-turbo, which says
/// what is wrong with them.
/// </summary>
internal sealed class RegionDecoder
{
    /// <summary>
    /// Zeros behind the data. The end is looked for after each MCU of at most six blocks, and a block has at most 64 symbols of
    /// 31 bits: 1,488 bytes.
    /// </summary>
    private const int Slack = 2048;

    /// <summary>Larger parts than this are not worth the memory that a thread would keep.</summary>
    private const long MaxPixels = 16_000_000;

    [ThreadStatic]
    private static RegionDecoder? t_decoder;

    private readonly Frame _frame = new();
    private readonly int[] _block = new int[64];
    private byte[] _data = [];
    private readonly byte[][] _planes = [[], [], []];

    private RegionDecoder()
    {
    }

    /// <summary>Whether this processor has the instructions that the decoder is written for.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Decodes a part.</summary>
    /// <param name="file">The file.</param>
    /// <param name="region">The part, within the picture.</param>
    /// <returns>The part's pixels, or null where libjpeg-turbo must see to the file.</returns>
    public static Image? TryDecode(ReadOnlySpan<byte> file, Region region)
    {
        if (!IsSupported) return null;
        var decoder = t_decoder ??= new RegionDecoder();
        return decoder.Decode(file, region);
    }

    private Image? Decode(ReadOnlySpan<byte> file, Region region)
    {
        var frame = _frame;
        if (!frame.TryRead(file)) return null;
        if ((long)region.Width * region.Height > MaxPixels) return null;
        if (region.Left < 0 || region.Top < 0 || region.Right > frame.Width || region.Bottom > frame.Height || region.Width <= 0 || region.Height <= 0) return null;

        // Upsampling looks one chroma sample to each side, which is two pixels.
        var (mcuWidth, mcuHeight) = (8 * frame.MaxH, 8 * frame.MaxV);
        var mcus = new Region(
            Math.Max(region.Left - 2, 0) / mcuWidth, Math.Max(region.Top - 2, 0) / mcuHeight,
            (Math.Min(region.Right + 2, frame.Width) + mcuWidth - 1) / mcuWidth, (Math.Min(region.Bottom + 2, frame.Height) + mcuHeight - 1) / mcuHeight);
        for (var c = 0; c < frame.ComponentCount; c++)
        {
            var component = frame.Components[c];
            Grow(ref _planes[c], (mcus.Width * component.H * 8 * mcus.Height * component.V * 8) + 64);
        }

        var length = Unstuff(file[frame.ScanStart..]);
        if (!DecodeScan(length, mcus)) return null;
        var image = Image.RentPart(region.Width, region.Height, region.Left, region.Top);
        RegionColors.Fill(image, frame, _planes, region, mcus);
        return image;
    }

    /// <summary>Copies the scan's data without the zeros that follow bytes of 255, up to the next marker.</summary>
    private int Unstuff(ReadOnlySpan<byte> scan)
    {
        Grow(ref _data, scan.Length + Slack);
        var to = _data.AsSpan();
        var length = 0;
        while (true)
        {
            var next = scan.IndexOf((byte)0xFF);
            if (next < 0 || next + 1 >= scan.Length || scan[next + 1] != 0)
            {
                var rest = next < 0 ? scan : scan[..next];
                rest.CopyTo(to[length..]);
                length += rest.Length;
                to.Slice(length, Slack).Clear();
                return length;
            }

            scan[..(next + 1)].CopyTo(to[length..]);
            length += next + 1;
            scan = scan[(next + 2)..];
        }
    }

    private bool DecodeScan(int length, Region mcus)
    {
        var frame = _frame;
        var across = (frame.Width + (8 * frame.MaxH) - 1) / (8 * frame.MaxH);
        for (var c = 0; c < frame.ComponentCount; c++) frame.Components[c].LastDc = 0;
        var bits = new BitReader(_data);
        ref var block = ref MemoryMarshal.GetArrayDataReference(_block);
        _block.AsSpan().Clear();
        for (var my = 0; my < mcus.Bottom; my++)
        {
            for (var mx = 0; mx < across; mx++)
            {
                var inside = my >= mcus.Top && mx >= mcus.Left && mx < mcus.Right;
                for (var c = 0; c < frame.ComponentCount; c++)
                {
                    ref var component = ref frame.Components[c];
                    var (dc, ac) = (frame.Dc(c), frame.Ac(c));
                    ref var steps = ref MemoryMarshal.GetArrayDataReference(frame.Steps[component.Quantisation]);
                    var stride = mcus.Width * component.H * 8;
                    for (var v = 0; v < component.V; v++)
                    {
                        for (var h = 0; h < component.H; h++)
                        {
                            if (!bits.TryReadDc(dc, out var difference)) return false;
                            component.LastDc += difference;
                            if (!inside)
                            {
                                if (!bits.TrySkipAc(ac)) return false;
                                continue;
                            }

                            var y = (((my - mcus.Top) * component.V) + v) * 8;
                            var x = (((mx - mcus.Left) * component.H) + h) * 8;
                            ref var target = ref _planes[c][(y * stride) + x];
                            block = (short)component.LastDc * (steps >> 16);
                            if (!bits.TryReadAc(ac, ref block, ref steps, out var any)) return false;
                            if (any)
                            {
                                Idct.Block(ref block, ref target, stride);
                                _block.AsSpan().Clear();
                            }
                            else
                            {
                                Idct.Flat(block, ref target, stride);
                            }
                        }
                    }
                }

                // Noticed before more than the slack can be read: see there.
                if (bits.Position > length + 8) return false;
            }
        }

        return bits.ConsumedBits <= 8L * length;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length) return;
        buffer = new byte[Math.Max(length, buffer.Length + (buffer.Length / 2))];
    }

    /// <summary>Reads bits from the highest; keeps at least 32 in hand.</summary>
    private ref struct BitReader(byte[] data)
    {
        private readonly ref byte _data = ref MemoryMarshal.GetArrayDataReference(data);
        private ulong _held;
        private int _count;
        private int _position;

        public readonly int Position => _position;

        public readonly long ConsumedBits => (8L * _position) - _count;

        public bool TryReadDc(HuffmanTable table, out int difference)
        {
            Fill(ref _held, ref _count, ref _position);
            var entry = LookUp(table, _held);
            if ((entry & HuffmanTable.HasValue) != 0)
            {
                _held <<= entry & 31;
                _count -= entry & 31;
                difference = entry >> 16;
                return true;
            }

            difference = 0;
            if (!TryReadSymbol(table, entry, ref _held, ref _count, out var size)) return false;
            if (size > 0) difference = ReadCoefficient(size, ref _held, ref _count);
            return true;
        }

        /// <summary>Reads a block's AC coefficients into their places, dequantised.</summary>
        public bool TryReadAc(HuffmanTable table, ref int block, ref int steps, out bool any)
        {
            // Locals stay in registers; the fields would be written and read for every symbol.
            var (held, count, position) = (_held, _count, _position);
            any = false;
            var k = 1;
            while (k < 64)
            {
                if (count < 32) Fill(ref held, ref count, ref position);
                var entry = LookUp(table, held);
                int value;
                if ((entry & HuffmanTable.HasValue) != 0)
                {
                    held <<= entry & 31;
                    count -= entry & 31;
                    k += (entry >> 8) & 15;
                    value = entry >> 16;
                }
                else
                {
                    if (!TryReadSymbol(table, entry, ref held, ref count, out var symbol)) return false;
                    if (symbol == 0xF0)
                    {
                        k += 16;
                        continue;
                    }

                    var size = symbol & 15;
                    if (size == 0)
                    {
                        k = 64;
                        break;
                    }

                    k += symbol >> 4;
                    value = ReadCoefficient(size, ref held, ref count);
                }

                // A damaged run may lead up to fifteen places past the last: the table has room for it, and 64 is left below.
                var step = Unsafe.Add(ref steps, k);
                Unsafe.Add(ref block, step & 63) = value * (step >> 16);
                any = true;
                k++;
            }

            (_held, _count, _position) = (held, count, position);
            return k == 64;
        }

        /// <summary>Reads past a block's AC coefficients, several at a time where their codes are short.</summary>
        public bool TrySkipAc(HuffmanTable table)
        {
            ref var skip = ref MemoryMarshal.GetArrayDataReference(table.Skip);
            var (held, count, position) = (_held, _count, _position);
            var k = 1;
            while (k < 64)
            {
                if (count < 32) Fill(ref held, ref count, ref position);
                var several = Unsafe.Add(ref skip, (nint)(held >> (64 - HuffmanTable.SkipBits)));
                var reached = k + (several >> 5);
                // Beyond the last coefficient the bits belong to the next block: then it is one symbol at a time.
                if (reached <= 64 ? several != 0 : reached >= HuffmanTable.EndOfBlock && reached < HuffmanTable.EndOfBlock + 64)
                {
                    held <<= several & 31;
                    count -= several & 31;
                    k = Math.Min(reached, 64);
                    continue;
                }

                var entry = LookUp(table, held);
                if ((entry & HuffmanTable.HasValue) != 0)
                {
                    held <<= entry & 31;
                    count -= entry & 31;
                    k += ((entry >> 8) & 15) + 1;
                    continue;
                }

                if (!TryReadSymbol(table, entry, ref held, ref count, out var symbol)) return false;
                var size = symbol & 15;
                if (size == 0 && symbol != 0xF0)
                {
                    k = 64;
                    break;
                }

                k += (symbol >> 4) + 1;
                held <<= size;
                count -= size;
            }

            (_held, _count, _position) = (held, count, position);
            return k == 64;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Fill(ref ulong held, ref int count, ref int position)
        {
            // Whole bytes are counted; the bits beyond them that come along are the same when they are read again.
            held |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref _data, position))) >> count;
            position += (63 - count) >> 3;
            count |= 56;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int LookUp(HuffmanTable table, ulong held) =>
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.LookUp), (nint)(held >> (64 - HuffmanTable.LookUpBits)));

        private static bool TryReadSymbol(HuffmanTable table, int entry, ref ulong held, ref int count, out int symbol)
        {
            var length = entry & 31;
            symbol = (entry >> 16) & 255;
            if (length == 0) symbol = table.DecodeLong((int)(held >> 48), out length);
            if (length > 16) return false;
            held <<= length;
            count -= length;
            return true;
        }

        /// <summary>At most 15 bits after a code of at most 16: what is in hand suffices.</summary>
        private static int ReadCoefficient(int size, ref ulong held, ref int count)
        {
            var bits = (int)(held >> (64 - size));
            held <<= size;
            count -= size;
            return HuffmanTable.Extend(bits, size);
        }
    }
}
