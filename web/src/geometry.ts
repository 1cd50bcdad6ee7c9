import { SinewError } from './errors.ts';

/** An axis-aligned box: corner and extent, image pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An affine map: (x, y) → (a·x + b·y + c, d·x + e·y + f). */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** The point that a map takes (x, y) to. */
export function apply(map: Affine, x: number, y: number): [number, number] {
  return [map.a * x + map.b * y + map.c, map.d * x + map.e * y + map.f];
}

const single = Math.fround;

/**
 * Where in the image a crop's pixels lie: the box, padded, its shorter side grown to the input's aspect ratio, then scaled to
 * the input. Rounded to single precision where `CropGeometry` of the C# library does so: on which side of a step of 1/32
 * pixel a sample falls shows in the crop.
 * @throws SinewError where the box is empty or not finite.
 */
export function cropToImage(box: Box, width: number, height: number, padding: number): Affine {
  const finite = [box.x, box.y, box.width, box.height].every(Number.isFinite);
  if (!finite || !(Math.max(box.width, box.height) > 0) || Math.min(box.width, box.height) < 0) {
    throw new SinewError(`the person box [${box.x}, ${box.y}, ${box.width}, ${box.height}] (x, y, width, height) is empty or not finite`);
  }

  const half = 0.5;
  const [boxWidth, boxHeight, pad] = [single(box.width), single(box.height), single(padding)];
  const centreX = single(single(box.x) + single(boxWidth * half));
  const centreY = single(single(box.y) + single(boxHeight * half));
  let scaleWidth = single(boxWidth * pad);
  const scaleHeight = single(boxHeight * pad);
  const grown = single(scaleHeight * single(width / height));
  if (!(scaleWidth > grown)) scaleWidth = grown;
  // The map is fixed by the centre, the middle of the left edge, and the point a quarter turn from it.
  const left = single(centreX - scaleWidth * half);
  const below = single(centreY + single(centreX - left));
  const [a, e] = [(centreX - left) / (width * half), (below - centreY) / (width * half)];
  return { a, b: 0, c: centreX - a * width * half, d: 0, e, f: centreY - e * height * half };
}

/**
 * Where a person is, judged by the joints that score at least half of the person's mean: a better box than one that was a guess.
 * null where these joints lie within some pixels of each other. Computed as the library does, in single precision.
 */
export function boxOfSureJoints(joints: Float32Array): Box | null {
  const single = Math.fround;
  let sum = 0;
  for (let i = 2; i < joints.length; i += 3) sum = single(sum + Math.max(joints[i]!, 0));
  const limit = Math.max(single(0.5 * single(sum / (joints.length / 3))), Number.MIN_VALUE);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 2 < joints.length; i += 3) {
    const [x, y, score] = [joints[i]!, joints[i + 1]!, joints[i + 2]!];
    if (score >= limit) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }

  if (!(right > left && bottom > top)) return null;
  const margin = single(single(0.08) * Math.max(single(right - left), single(bottom - top)));
  const box = { x: single(left - margin), y: single(top - margin), width: single(single(right - left) + single(2 * margin)), height: single(single(bottom - top) + single(2 * margin)) };
  return box.width >= 8 && box.height >= 8 ? box : null;
}

/** The box around the joints that are sure enough, grown by a share of its sides; null where fewer than three are. */
export function boxOfJoints(joints: Float32Array | readonly number[], minScore: number, grow: number, imageWidth: number, imageHeight: number): Box | null {
  let [left, top, right, bottom, count] = [Infinity, Infinity, -Infinity, -Infinity, 0];
  for (let i = 0; i + 2 < joints.length; i += 3) {
    const [x, y, score] = [joints[i]!, joints[i + 1]!, joints[i + 2]!];
    if (!(score >= minScore)) continue;
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    count++;
  }

  const [padX, padY] = [(right - left) * grow, (bottom - top) * grow];
  left = Math.max(0, left - padX);
  top = Math.max(0, top - padY);
  right = Math.min(imageWidth, right + padX);
  bottom = Math.min(imageHeight, bottom + padY);
  return count >= 3 && right - left >= 8 && bottom - top >= 8 ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}
