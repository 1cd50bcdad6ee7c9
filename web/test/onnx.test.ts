import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOnnxHeader, readPoseModel, recogniseDetector, SinewError } from '../src/index.ts';
import { bytes, message, model, number, port, text, type Port } from './protobuf.ts';

const DESCRIPTION = {
  model: 'rtmpose-t', width: 192, height: 256, split_ratio: 2, sigma: [4.9, 5.66], padding: 1.25, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375],
  skeleton: 'pair2', joints: [{ name: 'left_hand', id: 'left_hand', swap: 'right_hand', sigma: 0.1 }, { name: 'right_hand', id: 'right_hand', swap: 'left_hand', sigma: 0.1 }],
  limbs: [[0, 1]], origins: [{ name: 'lab', joints: [0] }, { name: 'studio', joints: [1, 0] }], recipe: 'both', scores: { 'lab/AP': 0.5 },
};

const PORTS: { inputs: Port[]; outputs: Port[] } = {
  inputs: [{ name: 'input', shape: [null, 3, 256, 192] }],
  outputs: [{ name: 'simcc_x', shape: [null, 2, 384] }, { name: 'simcc_y', shape: [null, 2, 512] }],
};

test('the metadata, inputs and outputs of a file are read, its weights stepped over', () => {
  const header = readOnnxHeader(model({ ...PORTS, metadata: { 'sinew.model': JSON.stringify(DESCRIPTION), other: 'ü' }, weights: 1_000_000 }));
  assert.equal(header.metadata.get('other'), 'ü');
  assert.deepEqual(header.inputs, [{ name: 'input', elementType: 1, shape: [null, 3, 256, 192] }]);
  assert.deepEqual(header.outputs.map((o) => o.name), ['simcc_x', 'simcc_y']);
  const pose = readPoseModel(header);
  assert.equal(pose.name, 'both (rtmpose-t)');
  assert.equal(pose.output, 'simcc');
  assert.deepEqual(pose.joints[1], { name: 'right_hand', id: 'right_hand', swap: 'left_hand' });
  assert.deepEqual(pose.origins, [{ name: 'lab', joints: [0] }, { name: 'studio', joints: [0, 1] }]);
  assert.deepEqual(pose.scores, { 'lab/AP': 0.5 });
});

test('weights that old files list among the inputs are none', () => {
  const header = readOnnxHeader(model({ ...PORTS, inputs: [...PORTS.inputs, { name: 'w', shape: [3] }], initializers: ['w'] }));
  assert.deepEqual(header.inputs.map((i) => i.name), ['input']);
});

test('a joint is read from a decoded graph too', () => {
  const header = readOnnxHeader(model({ inputs: PORTS.inputs, outputs: [{ name: 'keypoints', shape: [null, 2, 3] }], metadata: { 'sinew.model': JSON.stringify(DESCRIPTION) } }));
  assert.equal(readPoseModel(header).output, 'points');
});

test('what is no ONNX file is said to be none, whatever its bytes', () => {
  const good = model({ ...PORTS, metadata: { 'sinew.model': JSON.stringify(DESCRIPTION) } });
  let refused = 0;
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 3000; round++) {
    let file = good.slice();
    if (round % 3 === 0) file = file.subarray(0, Math.floor(random() * file.length));
    else for (let i = 0; i < 1 + (round % 4); i++) file[Math.floor(random() * file.length)] = Math.floor(random() * 256);
    try {
      readPoseModel(readOnnxHeader(file));
    } catch (error) {
      assert.ok(error instanceof SinewError, String(error));
      refused++;
    }
  }

  assert.ok(refused > 1000, `${refused} refused`);
  for (const file of [new Uint8Array(0), new TextEncoder().encode('<!doctype html><html></html>'), new Uint8Array(1000).fill(0xff)]) assert.throws(() => readOnnxHeader(file), SinewError);
});

test('a length beyond the file is no memory', () => {
  const lies = new Uint8Array([8, 8, 0x72, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3]);
  assert.throws(() => readOnnxHeader(lies), /breaks off/);
});

for (const [what, change, expected] of [
  ['a joint beyond the last', { limbs: [[0, 2]] }, /end of a limb/],
  ['a huge input', { width: 1e6 }, /width/],
  ['no joints', { joints: [] }, /no joints/],
  ['two channels', { mean: [1, 2] }, /channels/],
  ['a deviation of nothing', { std: [0, 1, 1] }, /std/],
  ['an origin of other joints', { origins: [{ name: 'x', joints: [7] }] }, /origin/],
] as const) {
  test(`a description with ${what} is refused`, () => {
    const file = model({ ...PORTS, metadata: { 'sinew.model': JSON.stringify({ ...DESCRIPTION, ...change }) } });
    assert.throws(() => readPoseModel(readOnnxHeader(file)), expected);
  });
}

test("other people's pose networks are told to be exported", () => {
  assert.throws(() => readPoseModel(readOnnxHeader(model(PORTS))), /sinew export/);
});

test('detectors are known by their outputs', () => {
  const of = (side: number, outputs: Port[]): string => {
    const found = recogniseDetector(readOnnxHeader(model({ inputs: [{ name: 'input', shape: [1, 3, side, side] }], outputs })));
    return `${found.name} ${found.form} ${found.width} ${found.norm.mean[0]} ${found.centred}`;
  };
  const suppressed = [{ name: 'dets', shape: [1, null, 5] }, { name: 'labels', shape: [1, null] }];
  assert.equal(of(320, suppressed), 'RTMDet boxes 320 103.53 false');
  assert.equal(of(416, suppressed), 'YOLOX boxes 416 0 false');
  assert.equal(of(416, [{ name: 'output', shape: [1, 3549, 85] }]), 'YOLOX yolox 416 0 false');
  assert.equal(of(640, [{ name: 'output0', shape: [1, 84, 8400] }]), 'YOLO yolo 640 0 true');
  assert.throws(() => of(640, [{ name: 'output0', shape: [1, 1000] }]), /no person detector/);
});

test('the writer of these tests writes what the format asks for', () => {
  // key = "a", value = "b" as entry of field 14, as protoc encodes it
  assert.deepEqual([...bytes(14, message(text(1, 'a'), text(2, 'b')))], [0x72, 6, 0x0a, 1, 0x61, 0x12, 1, 0x62]);
  assert.deepEqual([...number(1, 300)], [8, 0xac, 2]);
  assert.ok(port({ name: 'x', shape: [1] }).length > 0);
});
