import { SinewError } from './errors.ts';
import type { OnnxHeader } from './onnx.ts';

/** One joint of a skeleton. */
export interface Joint {
  readonly name: string;
  /** The canonical id: two skeletons' joints are the same where their ids are equal. */
  readonly id: string;
  /** The joint that a mirror puts in this one's place; null on the midline. */
  readonly swap: string | null;
}

/** A data set that taught the network, and which joints it has. */
export interface Origin {
  readonly name: string;
  /** Indices into the model's joints, ascending. */
  readonly joints: readonly number[];
}

/** What a network gives per joint: logits over the bins of x and of y, or x, y and a score in pixels of the crop. */
export type PoseOutput = 'simcc' | 'points';

/** All that has to be known of a pose network to use it; read from the metadata that `sinew export` writes. */
export interface PoseModel {
  /** Name of the network and, where it is known, of the recipe that trained it. */
  readonly name: string;
  /** Width and height of the input, pixels. */
  readonly width: number;
  readonly height: number;
  /** Bins per pixel of the crop. */
  readonly split: number;
  /** Factor on the sides of a person's box before it becomes the crop. */
  readonly padding: number;
  /** Mean and standard deviation of red, green and blue, 0–255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly output: PoseOutput;
  readonly skeleton: string;
  readonly joints: readonly Joint[];
  /** Pairs of joint indices to draw. */
  readonly limbs: readonly (readonly [number, number])[];
  /** Which data set has which joints; empty where the file does not say. */
  readonly origins: readonly Origin[];
  /** `fp32`, `fp16` or `int8`. */
  readonly precision: string;
  /** What it scored, fractions from 0 to 1. */
  readonly scores: Readonly<Record<string, number>>;
}

const MODEL_KEY = 'sinew.model';
const PRECISION_KEY = 'sinew.precision';
const MAX_SIDE = 4096;
const MAX_JOINTS = 4096;

/**
 * Reads what a Sinew ONNX file says of its network.
 * @throws SinewError where it says nothing, or nothing that can be used.
 */
export function readPoseModel(header: OnnxHeader): PoseModel {
  const json = header.metadata.get(MODEL_KEY);
  if (json === undefined) {
    throw new SinewError("this network does not say what its joints and pixels mean; take a file that 'sinew export' wrote");
  }

  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw wrong('it is no JSON');
  }

  const fields = record(parsed, 'the description');
  const width = whole(fields['width'], 'width', 1, MAX_SIDE);
  const height = whole(fields['height'], 'height', 1, MAX_SIDE);
  const joints = readJoints(fields['joints']);
  const recipe = fields['recipe'];
  const network = text(fields['model'], 'model');
  const outputs = new Set(header.outputs.map((port) => port.name));
  const output = outputs.has('simcc_x') && outputs.has('simcc_y') ? 'simcc' : outputs.has('keypoints') ? 'points' : null;
  if (output === null) throw new SinewError(`this network's outputs (${[...outputs].join(', ')}) are none that are read here: simcc_x and simcc_y, or keypoints`);
  return {
    name: typeof recipe === 'string' && recipe !== '' ? `${recipe} (${network})` : network,
    width,
    height,
    split: number(fields['split_ratio'], 'split_ratio', 1e-3, 1e3),
    padding: number(fields['padding'], 'padding', 0.1, 10),
    mean: channels(fields['mean'], 'mean', -1e6),
    std: channels(fields['std'], 'std', 1e-6),
    output,
    skeleton: text(fields['skeleton'], 'skeleton'),
    joints,
    limbs: readLimbs(fields['limbs'], joints.length),
    origins: readOrigins(fields['origins'], joints.length),
    precision: header.metadata.get(PRECISION_KEY) ?? 'fp32',
    scores: readScores(fields['scores']),
  };
}

function readJoints(value: unknown): Joint[] {
  const rows = list(value, 'joints', MAX_JOINTS);
  if (rows.length === 0) throw wrong('it has no joints');
  return rows.map((row) => {
    const fields = record(row, 'a joint');
    const name = text(fields['name'], 'name of a joint');
    const { id, swap } = fields;
    return { name, id: typeof id === 'string' ? id : name, swap: typeof swap === 'string' ? swap : null };
  });
}

function readLimbs(value: unknown, joints: number): [number, number][] {
  return list(value ?? [], 'limbs', MAX_JOINTS * 4).map((row) => {
    const ends = list(row, 'a limb', 2);
    return [whole(ends[0], 'end of a limb', 0, joints - 1), whole(ends[1], 'end of a limb', 0, joints - 1)];
  });
}

function readOrigins(value: unknown, joints: number): Origin[] {
  return list(value ?? [], 'origins', 64).map((row) => {
    const fields = record(row, 'an origin');
    const indices = list(fields['joints'], 'joints of an origin', joints).map((j) => whole(j, 'joint of an origin', 0, joints - 1));
    return { name: text(fields['name'], 'name of an origin'), joints: [...new Set(indices)].sort((a, b) => a - b) };
  });
}

function readScores(value: unknown): Record<string, number> {
  if (value === undefined || value === null) return {};
  const scores: Record<string, number> = {};
  for (const [name, score] of Object.entries(record(value, 'scores'))) {
    if (typeof score === 'number' && Number.isFinite(score)) scores[name] = score;
  }

  return scores;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${what} is no object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw wrong(`${what} is no list of up to ${most}`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 1000) throw wrong(`${what} is no short text`);
  return value;
}

function number(value: unknown, what: string, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) throw wrong(`${what} is no number from ${min} to ${max}`);
  return value;
}

function whole(value: unknown, what: string, min: number, max: number): number {
  const found = number(value, what, min, max);
  if (!Number.isInteger(found)) throw wrong(`${what} is not whole`);
  return found;
}

function channels(value: unknown, what: string, min: number): number[] {
  const values = list(value, what, 3).map((v) => number(v, what, min, 1e6));
  if (values.length !== 3) throw wrong(`${what} has ${values.length} channels, not 3`);
  return values;
}

function wrong(how: string): SinewError {
  return new SinewError(`the description inside this model cannot be used: ${how}; export it again`);
}
