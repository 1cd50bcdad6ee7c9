import type { Affine } from './geometry.ts';

/** A picture: red, green, blue, alpha per pixel, rows from top to bottom. `ImageData` is one. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** What lies outside a picture: black, or its outermost pixels once more. */
export type Outside = 'black' | 'edge';

const COORDINATE_ONE = 1024;
const FRACTION_BITS = 5;
const FRACTION_ONE = 1 << FRACTION_BITS;
const ROUND_HALF = 16;
const FARTHEST = 1 << 29;

/**
 * Bilinear resampling to interleaved RGB bytes, by the arithmetic of OpenCV's `warpAffine`: source coordinates in 1/1024 pixel, cut to 1/32
 * for the weights. `Sinew.Imaging.Warp` does the same, so that both give the same crop of the same pixels.
 * @param source The picture.
 * @param toSource Where in the picture a pixel of the target lies.
 * @param target Receives `[height, width, 3]`.
 */
export function warp(source: Pixels, toSource: Affine, target: Uint8Array, width: number, height: number, outside: Outside = 'black'): void {
  const columns = new Int32Array(width);
  const columnsOfY = new Int32Array(width);
  for (let x = 0; x < width; x++) {
    columns[x] = fixed(toSource.a * x);
    columnsOfY[x] = fixed(toSource.d * x);
  }

  const { data, width: w, height: h } = source;
  let out = 0;
  for (let y = 0; y < height; y++) {
    const startX = fixed(toSource.b * y + toSource.c) + ROUND_HALF;
    const startY = fixed(toSource.e * y + toSource.f) + ROUND_HALF;
    for (let x = 0; x < width; x++, out += 3) {
      const u = (startX + columns[x]!) >> FRACTION_BITS;
      const v = (startY + columnsOfY[x]!) >> FRACTION_BITS;
      const x0 = u >> FRACTION_BITS;
      const y0 = v >> FRACTION_BITS;
      const fx = u & (FRACTION_ONE - 1);
      const fy = v & (FRACTION_ONE - 1);
      let r = 0;
      let g = 0;
      let b = 0;
      if (x0 >= 0 && y0 >= 0 && x0 + 1 < w && y0 + 1 < h) {
        const at = (y0 * w + x0) * 4;
        const below = at + w * 4;
        const w00 = (FRACTION_ONE - fx) * (FRACTION_ONE - fy);
        const w01 = fx * (FRACTION_ONE - fy);
        const w10 = (FRACTION_ONE - fx) * fy;
        const w11 = fx * fy;
        r = w00 * data[at]! + w01 * data[at + 4]! + w10 * data[below]! + w11 * data[below + 4]!;
        g = w00 * data[at + 1]! + w01 * data[at + 5]! + w10 * data[below + 1]! + w11 * data[below + 5]!;
        b = w00 * data[at + 2]! + w01 * data[at + 6]! + w10 * data[below + 2]! + w11 * data[below + 6]!;
      } else {
        for (let corner = 0; corner < 4; corner++) {
          let sx = x0 + (corner & 1);
          let sy = y0 + (corner >> 1);
          if (sx < 0 || sy < 0 || sx >= w || sy >= h) {
            if (outside === 'black') continue;
            sx = Math.min(Math.max(sx, 0), w - 1);
            sy = Math.min(Math.max(sy, 0), h - 1);
          }

          const weight = ((corner & 1) === 0 ? FRACTION_ONE - fx : fx) * (corner < 2 ? FRACTION_ONE - fy : fy);
          const at = (sy * w + sx) * 4;
          r += weight * data[at]!;
          g += weight * data[at + 1]!;
          b += weight * data[at + 2]!;
        }
      }

      target[out] = (r + 512) >> 10;
      target[out + 1] = (g + 512) >> 10;
      target[out + 2] = (b + 512) >> 10;
    }
  }
}

/** What a network expects of a pixel's channels, in its own order: (value · scale − mean) / std. */
export interface Norm {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly scale?: number;
  /** True where blue comes first. */
  readonly bgr?: boolean;
}

/** Writes one crop into a network's input, `[3, H, W]`, from interleaved RGB bytes. */
export function toPlanes(rgb: Uint8Array, planes: Float32Array, norm: Norm): void {
  const pixels = rgb.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const scale = norm.scale ?? 1;
    const mean = Math.fround(norm.mean[channel]! / scale);
    const factor = Math.fround(1 / Math.fround(norm.std[channel]! / scale));
    const table = new Float32Array(256);
    for (let v = 0; v < 256; v++) table[v] = Math.fround(Math.fround(v - mean) * factor);
    const from = norm.bgr ? 2 - channel : channel;
    const plane = planes.subarray(channel * pixels, (channel + 1) * pixels);
    for (let p = 0; p < pixels; p++) plane[p] = table[rgb[p * 3 + from]!]!;
  }
}

/** A coordinate in 1/1024 pixel, halves to even, kept where sums of two stay within 32 bits. */
function fixed(coordinate: number): number {
  const scaled = coordinate * COORDINATE_ONE;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.min(Math.max(rounded, -FARTHEST), FARTHEST);
}
