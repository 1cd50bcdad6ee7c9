import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, boxOfJoints, boxOfSureJoints, cropToImage, decodeSimcc, SinewError, toPlanes, warp } from '../src/index.ts';

const near = (a: number, b: number, within = 1e-4): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test('a crop is the padded box grown to the shape of the input', () => {
  // 100 × 200 at 1.25: 125 × 250, grown to 187.5 × 250 for 192 × 256
  const map = cropToImage({ x: 50, y: 80, width: 100, height: 200 }, 192, 256, 1.25);
  for (const [crop, image] of [[[96, 128], [100, 180]], [[0, 0], [6.25, 55]], [[192, 256], [193.75, 305]]] as const) {
    const [x, y] = apply(map, crop[0], crop[1]);
    near(x, image[0]);
    near(y, image[1]);
  }

  const wide = cropToImage({ x: 0, y: 0, width: 300, height: 30 }, 192, 256, 1);
  near(wide.a, 300 / 192);
  near(wide.e, 300 / 192);
});

test('a box that cannot be cropped is refused', () => {
  for (const box of [{ x: 0, y: 0, width: 0, height: 0 }, { x: NaN, y: 0, width: 5, height: 5 }, { x: 0, y: 0, width: -1, height: 5 }]) {
    assert.throws(() => cropToImage(box, 192, 256, 1.25), SinewError);
  }
});

test('resampling is bilinear in steps of 1/32 pixel, black or the edge outside', () => {
  const source = { width: 2, height: 1, data: Uint8Array.from([0, 100, 200, 255, 100, 0, 40, 255]) };
  const target = new Uint8Array(9);
  // a quarter of the way from the first pixel to the second; on the second; half a pixel beyond it
  warp(source, { a: 0.75, b: 0, c: 0.25, d: 0, e: 1, f: 0 }, target, 2, 1);
  assert.deepEqual([...target.subarray(0, 6)], [25, 75, 160, 100, 0, 40]);
  warp(source, { a: 1, b: 0, c: 1.5, d: 0, e: 1, f: 0 }, target, 1, 1);
  assert.deepEqual([...target.subarray(0, 3)], [50, 0, 20]);
  warp(source, { a: 1, b: 0, c: 1.5, d: 0, e: 1, f: 0 }, target, 1, 1, 'edge');
  assert.deepEqual([...target.subarray(0, 3)], [100, 0, 40]);
  warp(source, { a: 1, b: 0, c: -1e9, d: 0, e: 1, f: 1e9 }, target, 3, 1);
  assert.deepEqual([...target], new Array(9).fill(0));
});

test('pixels are normalised in planes, blue first where it is asked for', () => {
  const planes = new Float32Array(6);
  toPlanes(Uint8Array.from([10, 20, 30, 40, 50, 60]), planes, { mean: [10, 10, 10], std: [10, 5, 2] });
  assert.deepEqual([...planes].map((v) => Math.round(v * 1e4) / 1e4), [0, 3, 2, 8, 10, 25]);
  toPlanes(Uint8Array.from([255, 51, 0]), planes.subarray(0, 3), { mean: [0, 0, 0], std: [1, 1, 1], scale: 1 / 255, bgr: true });
  assert.deepEqual([...planes.subarray(0, 3)].map((v) => Math.round(v * 1e4) / 1e4), [0, 0.2, 1]);
});

test('a joint is at its largest bins, and nowhere without a score above 0', () => {
  const x = Float32Array.from([0, 1, 5, 5, -1, -2, -3, -4, NaN, 1, 0, 0]);
  const y = Float32Array.from([0, 2, 1, -1, -1, -1, 3, 4]);
  const found = decodeSimcc(x, Float32Array.from([...y, 1, 1, 2, 0].slice(0, 12)), 3, 2);
  assert.deepEqual([...found.subarray(0, 3)], [1, 0.5, 2]);
  assert.deepEqual([...found.subarray(3, 6)], [-0.5, -0.5, -1]);
  assert.deepEqual([...found.subarray(6, 9)], [0.5, 1, 1]);
});

test('a better box than the whole picture lies around the sure joints', () => {
  // the mean score is 0.75 and the limit half of it: the last joint does not count; the margin is 0.08 of the longer side
  const box = boxOfSureJoints(Float32Array.from([100, 100, 1, 200, 300, 1, 150, 200, 1, 5000, 5000, 0]))!;
  for (const [found, expected] of [[box.x, 84], [box.y, 84], [box.width, 132], [box.height, 232]] as const) assert.ok(Math.abs(found - expected) < 1e-4);
  assert.equal(boxOfSureJoints(Float32Array.from([100, 100, 1, 102, 101, 1])), null);
  assert.equal(boxOfSureJoints(Float32Array.from([100, 100, 0, 200, 300, 0])), null);
});

test('the camera follows the joints that are sure', () => {
  const joints = [100, 100, 1, 200, 300, 1, 150, 200, 1, 5000, 5000, 0.1];
  assert.deepEqual(boxOfJoints(joints, 0.3, 0.1, 640, 480), { x: 90, y: 80, width: 120, height: 240 });
  assert.equal(boxOfJoints(joints, 0.3, 0.1, 95, 480), null);
  assert.equal(boxOfJoints(joints.slice(0, 6), 0.3, 0.1, 640, 480), null);
});
