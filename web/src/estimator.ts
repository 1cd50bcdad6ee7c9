import { SinewError } from './errors.ts';
import { apply, boxOfSureJoints, cropToImage, type Box } from './geometry.ts';
import { readPoseModel, type PoseModel } from './model.ts';
import { readOnnxHeader } from './onnx.ts';
import type { OnnxRuntime, Session, Tensor } from './runtime.ts';
import { decodeSimcc } from './simcc.ts';
import { toPlanes, warp, type Pixels } from './warp.ts';

/** One person with the joints that the network found. */
export interface Person {
  readonly box: Box;
  /** The detector's score of the box; 1 where the box was given. */
  readonly boxScore: number;
  /** x, y (image pixels) and score per joint, `[K, 3]`. */
  readonly joints: Float32Array;
}

/** Where the time of one picture went, milliseconds. */
export interface Times {
  readonly crop: number;
  readonly network: number;
  readonly decode: number;
}

const MAX_BATCH = 16;

/** A pose network with what its file says of it. Runs one picture at a time; wait for one call before the next. */
export class PoseEstimator {
  readonly model: PoseModel;
  /** The execution provider that runs it: `webgpu` or `wasm`. */
  readonly provider: string;
  readonly #runtime: OnnxRuntime;
  readonly #session: Session;

  private constructor(runtime: OnnxRuntime, session: Session, model: PoseModel, provider: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.model = model;
    this.provider = provider;
  }

  /**
   * Opens a network from the bytes of its ONNX file.
   * @param provider `webgpu` or `wasm`; nothing falls back to another one by itself.
   * @throws SinewError where the file is no Sinew model, or ONNX Runtime cannot run it.
   */
  static async create(runtime: OnnxRuntime, bytes: Uint8Array, provider = 'wasm'): Promise<PoseEstimator> {
    const model = readPoseModel(readOnnxHeader(bytes));
    const session = await openSession(runtime, bytes, provider);
    return new PoseEstimator(runtime, session, model, provider);
  }

  /** The joints of the people in some boxes of a picture. */
  async estimate(image: Pixels, boxes: readonly { readonly box: Box; readonly score: number }[]): Promise<{ people: Person[]; times: Times }> {
    const { width, height, joints } = this.model;
    const size = width * height * 3;
    const rgb = new Uint8Array(size);
    const people: Person[] = [];
    const times = { crop: 0, network: 0, decode: 0 };
    for (let start = 0; start < boxes.length; start += MAX_BATCH) {
      const some = boxes.slice(start, start + MAX_BATCH);
      const began = performance.now();
      const input = new Float32Array(some.length * size);
      const maps = some.map(({ box }, i) => {
        const map = cropToImage(box, width, height, this.model.padding);
        warp(image, map, rgb, width, height);
        toPlanes(rgb, input.subarray(i * size, (i + 1) * size), this.model);
        return map;
      });
      const cropped = performance.now();
      const outputs = await this.#run(input, some.length);
      const ran = performance.now();
      const values = this.#read(outputs, some.length);
      for (const [i, { box, score }] of some.entries()) {
        const found = values.slice(i * joints.length * 3, (i + 1) * joints.length * 3);
        for (let k = 0; k < found.length; k += 3) [found[k], found[k + 1]] = apply(maps[i]!, found[k]!, found[k + 1]!);
        people.push({ box, boxScore: score, joints: found });
      }

      for (const output of Object.values(outputs)) output.dispose();
      times.crop += cropped - began;
      times.network += ran - cropped;
      times.decode += performance.now() - ran;
    }

    return { people, times };
  }

  /** The joints of one person, anywhere in the picture: looks at the whole, and then where the joints were. */
  async estimateWhole(image: Pixels): Promise<{ people: Person[]; times: Times }> {
    const first = await this.estimate(image, [{ box: { x: 0, y: 0, width: image.width, height: image.height }, score: 1 }]);
    const box = boxOfSureJoints(first.people[0]!.joints);
    if (box === null) return first;
    const { people, times } = await this.estimate(image, [{ box, score: 1 }]);
    return { people, times: { crop: first.times.crop + times.crop, network: first.times.network + times.network, decode: first.times.decode + times.decode } };
  }

  /** Gives the network's memory back. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(input: Float32Array, people: number): Promise<Record<string, Tensor>> {
    const tensor = new this.#runtime.Tensor('float32', input, [people, 3, this.model.height, this.model.width]);
    try {
      return await this.#session.run({ [this.#session.inputNames[0]!]: tensor });
    } catch (error) {
      throw new SinewError(`the network failed: ${messageOf(error)}`);
    } finally {
      tensor.dispose();
    }
  }

  #read(outputs: Record<string, Tensor>, people: number): Float32Array {
    const { width, height, split, output } = this.model;
    const joints = this.model.joints.length;
    if (output === 'points') return values(outputs, 'keypoints', people * joints * 3);
    const [xBins, yBins] = [Math.round(width * split), Math.round(height * split)];
    return decodeSimcc(values(outputs, 'simcc_x', people * joints * xBins), values(outputs, 'simcc_y', people * joints * yBins), people * joints, split);
  }
}

/** Opens a session; errors of the runtime become one sentence. */
export async function openSession(runtime: OnnxRuntime, bytes: Uint8Array, provider: string): Promise<Session> {
  try {
    return await runtime.InferenceSession.create(bytes, { executionProviders: [provider], graphOptimizationLevel: 'all' });
  } catch (error) {
    throw new SinewError(`the network cannot be run by ${provider}: ${messageOf(error)}`);
  }
}

/** What an error of the runtime says, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}

function values(outputs: Record<string, Tensor>, name: string, count: number): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== count) {
    throw new SinewError(`the network's output ${name} is not what its description says; export it again`);
  }

  return data;
}
