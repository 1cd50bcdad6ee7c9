/**
 * Reads joints from the bins of x and of y: an axis' place is its largest value, the score the smaller of the two largest values.
 * Where that is 0 or less there is no joint, and both coordinates are −1 bin.
 * @param x `[K, Wx]`.
 * @param y `[K, Wy]`.
 * @param split Bins per pixel.
 * @returns x, y (pixels of the crop) and score per joint, `[K, 3]`.
 */
export function decodeSimcc(x: Float32Array, y: Float32Array, joints: number, split: number): Float32Array {
  const found = new Float32Array(joints * 3);
  const [xBins, yBins] = [x.length / joints, y.length / joints];
  const ratio = Math.fround(split);
  for (let k = 0; k < joints; k++) {
    const binX = largest(x, k * xBins, xBins);
    const binY = largest(y, k * yBins, yBins);
    const [scoreX, scoreY] = [x[k * xBins + binX]!, y[k * yBins + binY]!];
    // NaN in either axis is no score: Math.min gives NaN then
    const score = Math.min(scoreX, scoreY);
    const there = score > 0;
    found[k * 3] = (there ? binX : -1) / ratio;
    found[k * 3 + 1] = (there ? binY : -1) / ratio;
    found[k * 3 + 2] = score;
  }

  return found;
}

/** The first place of the largest value; what is not a number never wins. */
function largest(values: Float32Array, start: number, count: number): number {
  let best = 0;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = values[start + i]!;
    if (value > most) [best, most] = [i, value];
  }

  return best;
}
