// From a JPEG to joints in node, by sharp and onnxruntime-node, beside `Sinew.Bench inference --keep DIR`.
//
// usage: node predict_node.mjs DIR     DIR: what --keep wrote. Needs npm packages onnxruntime-node (1.30.0, --ignore-scripts) and sharp where node finds them:
//        in a folder node_modules at or above this script or, for instance, a copy of it beside them.
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';
import sharp from 'sharp';

const place = process.argv[2];
const [width, height] = [192, 256];
const mean = [123.675, 116.28, 103.53], deviation = [58.395, 57.12, 57.375];
const [x, y, w, h] = JSON.parse(fs.readFileSync(path.join(place, 'box.json'), 'utf8'));
const session = await ort.InferenceSession.create(path.join(place, 'bench.onnx'), { intraOpNumThreads: Number(process.argv[3] ?? 2) });

// the upright crop: the box padded by 1.25 and brought to the input's proportions
const tall = Math.max(h, (w * height) / width) * 1.25, wide = (tall * width) / height;
const left = x + w / 2 - wide / 2, top = y + h / 2 - tall / 2;

async function once() {
  // sharp cuts inside the picture only: what lies outside is put around the cut
  const file = sharp(path.join(place, 'one.jpg'));
  const { width: across, height: down } = await file.metadata();
  const [l, t] = [Math.max(0, Math.round(left)), Math.max(0, Math.round(top))];
  const [r, b] = [Math.min(across, Math.round(left + wide)), Math.min(down, Math.round(top + tall))];
  const scale = width / wide;
  const inner = [Math.round((r - l) * scale), Math.round((b - t) * scale)];
  const before = [Math.max(0, Math.round((l - left) * scale)), Math.max(0, Math.round((t - top) * scale))];
  const crop = await file.extract({ left: l, top: t, width: r - l, height: b - t }).resize(inner[0], inner[1], { fit: 'fill', kernel: 'linear' })
    .extend({ left: before[0], top: before[1], right: Math.max(0, width - inner[0] - before[0]), bottom: Math.max(0, height - inner[1] - before[1]), background: 'black' })
    .raw().toBuffer({ resolveWithObject: true });
  const pixels = crop.data, area = width * height, input = new Float32Array(3 * area), channels = crop.info.channels;
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) input[c * area + i] = (pixels[i * channels + c] - mean[c]) / deviation[c];
  const result = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', input, [1, 3, height, width]) });
  const [sx, sy] = session.outputNames.map((name) => result[name]);
  const joints = [];
  for (let k = 0; k < sx.dims[1]; k++) {
    const best = (t) => {
      const bins = t.dims[2], row = t.data.subarray(k * bins, (k + 1) * bins);
      let at = 0;
      for (let i = 1; i < bins; i++) if (row[i] > row[at]) at = i;
      return [at, row[at]];
    };
    const [[bx, px], [by, py]] = [best(sx), best(sy)];
    joints.push([left + (bx / 2) / scale, top + (by / 2) / scale, Math.min(px, py)]);
  }
  return joints;
}

const times = [];
let joints;
for (let turn = -5; turn < 100; turn++) {
  const start = performance.now();
  joints = await once();
  if (turn >= 0) times.push(performance.now() - start);
}
console.log(`node ${process.version}, sharp ${sharp.versions.sharp}: ${times.sort((a, b) => a - b)[50].toFixed(2)} ms from the file to ${joints.length} joints`);
