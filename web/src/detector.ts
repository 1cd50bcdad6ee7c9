import { SinewError } from './errors.ts';
import { openSession, messageOf } from './estimator.ts';
import type { Box } from './geometry.ts';
import { readOnnxHeader, type OnnxHeader } from './onnx.ts';
import type { OnnxRuntime, Session, Tensor } from './runtime.ts';
import { toPlanes, warp, type Norm, type Pixels } from './warp.ts';

/** A person that a detector found. */
export interface Detection {
  readonly box: Box;
  /** 0–1. */
  readonly score: number;
}

/** How a detector's outputs are read: boxes suppressed inside the network, or one candidate per cell of its grids. */
export type DetectorForm = 'boxes' | 'yolox' | 'yolo';

/** All that has to be known of a person detector. */
export interface DetectorModel {
  readonly name: string;
  readonly form: DetectorForm;
  readonly width: number;
  readonly height: number;
  readonly norm: Norm;
  /** True where the picture lies in the middle of the input, false at the top left. */
  readonly centred: boolean;
}

const PEOPLE = 0;
const PAD = 114;
const OVERLAP = 0.45;
const MOST_PEOPLE = 100;
const MOST_CANDIDATES = 1000;

const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const RTMDET = { mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395], bgr: true } as const;

/**
 * Recognises a detector by its inputs and outputs: RTMDet and YOLOX as MMDeploy exports them (`dets` and `labels`), YOLOX as its authors do,
 * and YOLO's from version 8 on. The rules are those of the C# library.
 * @throws SinewError where it is none of these.
 */
export function recogniseDetector(header: OnnxHeader): DetectorModel {
  const input = header.inputs[0]!;
  const [, channels, high, wide] = input.shape;
  if (header.inputs.length !== 1 || input.elementType !== 1 || input.shape.length !== 4 || channels !== 3) throw unknown(header);
  const names = new Set(header.outputs.map((port) => port.name));
  if (names.has('dets') && names.has('labels')) {
    const [width, height] = sides(header, wide ?? 320, high ?? 320);
    return width === 416 && height === 416
      ? { name: 'YOLOX', form: 'boxes', width, height, norm: { ...PLAIN, bgr: true }, centred: false }
      : { name: 'RTMDet', form: 'boxes', width, height, norm: RTMDET, centred: false };
  }

  const [width, height] = sides(header, wide ?? 640, high ?? 640);
  const output = header.outputs[0]!;
  const [, rows, columns] = output.shape;
  const cells = cellsOf(width, height);
  if (header.outputs.length === 1 && output.shape.length === 3) {
    if (columns === 85 && rows === cells) return { name: 'YOLOX', form: 'yolox', width, height, norm: { ...PLAIN, bgr: true }, centred: false };
    if ((rows === 84 || rows === 5) && columns === cells) return { name: 'YOLO', form: 'yolo', width, height, norm: { ...PLAIN, scale: 1 / 255 }, centred: true };
  }

  throw unknown(header);
}

/** Finds people in pictures. */
export class PersonDetector {
  readonly model: DetectorModel;
  /** Boxes with a smaller score are left out. */
  score = 0.3;
  readonly #runtime: OnnxRuntime;
  readonly #session: Session;

  private constructor(runtime: OnnxRuntime, session: Session, model: DetectorModel) {
    this.#runtime = runtime;
    this.#session = session;
    this.model = model;
  }

  /**
   * Opens a detector from the bytes of its ONNX file.
   * @throws SinewError where it is none that is known, or ONNX Runtime cannot run it.
   */
  static async create(runtime: OnnxRuntime, bytes: Uint8Array, provider = 'wasm'): Promise<PersonDetector> {
    const model = recogniseDetector(readOnnxHeader(bytes));
    return new PersonDetector(runtime, await openSession(runtime, bytes, provider), model);
  }

  /** The people of a picture, best first; boxes in its pixels, cut at its edges. */
  async detect(image: Pixels): Promise<Detection[]> {
    const { width, height, centred, norm } = this.model;
    const scale = Math.min(width / image.width, height / image.height);
    const w = clamp(Math.round(image.width * scale), 1, width);
    const h = clamp(Math.round(image.height * scale), 1, height);
    const [left, top] = centred ? [Math.floor((width - w) / 2), Math.floor((height - h) / 2)] : [0, 0];
    const [scaleX, scaleY] = [w / image.width, h / image.height];
    const input = letterbox(image, { width, height, left, top, w, h }, norm);
    const outputs = await this.#run(input);
    const found: Detection[] = [];
    for (const c of this.#candidates(outputs)) {
      const x1 = clamp((c.x1 - left) / scaleX, 0, image.width);
      const y1 = clamp((c.y1 - top) / scaleY, 0, image.height);
      const x2 = clamp((c.x2 - left) / scaleX, 0, image.width);
      const y2 = clamp((c.y2 - top) / scaleY, 0, image.height);
      if (x2 > x1 && y2 > y1) found.push({ box: { x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, score: c.score });
    }

    for (const output of Object.values(outputs)) output.dispose();
    return found.sort((a, b) => b.score - a.score).slice(0, MOST_PEOPLE);
  }

  /** Gives the network's memory back. */
  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(input: Float32Array): Promise<Record<string, Tensor>> {
    const tensor = new this.#runtime.Tensor('float32', input, [1, 3, this.model.height, this.model.width]);
    try {
      return await this.#session.run({ [this.#session.inputNames[0]!]: tensor });
    } catch (error) {
      throw new SinewError(`the detector failed: ${messageOf(error)}`);
    } finally {
      tensor.dispose();
    }
  }

  #candidates(outputs: Record<string, Tensor>): Candidate[] {
    const { form, width, height } = this.model;
    if (form === 'boxes') return suppressed(outputs, this.score);
    const output = outputs[this.#session.outputNames[0]!]!;
    if (!(output.data instanceof Float32Array)) throw new SinewError('the detector gives no numbers that are read here');
    const read = form === 'yolox' ? readYoloX(output.data, output.dims[2]!, width, height, this.score) : readYolo(output.data, output.dims[2]!, this.score);
    return suppress(read);
  }
}

/** A box of the input, before any is left out. */
interface Candidate {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
}

interface Placement {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly w: number;
  readonly h: number;
}

function letterbox(image: Pixels, place: Placement, norm: Norm): Float32Array {
  const { width, height, left, top, w, h } = place;
  const [a, e] = [image.width / w, image.height / h];
  const resized = new Uint8Array(w * h * 3);
  warp(image, { a, b: 0, c: 0.5 * a - 0.5, d: 0, e, f: 0.5 * e - 0.5 }, resized, w, h, 'edge');
  const canvas = new Uint8Array(width * height * 3).fill(PAD);
  for (let y = 0; y < h; y++) canvas.set(resized.subarray(y * w * 3, (y + 1) * w * 3), ((top + y) * width + left) * 3);
  const input = new Float32Array(width * height * 3);
  toPlanes(canvas, input, norm);
  return input;
}

function suppressed(outputs: Record<string, Tensor>, least: number): Candidate[] {
  const [dets, labels] = [outputs['dets'], outputs['labels']];
  const rows = dets?.data;
  if (!(rows instanceof Float32Array) || dets!.dims[2] !== 5 || labels === undefined) throw new SinewError('the detector gives no boxes that are read here');
  const kinds = labels.data as ArrayLike<number | bigint>;
  const found: Candidate[] = [];
  for (let i = 0; i * 5 < rows.length && found.length < MOST_CANDIDATES; i++) {
    const score = rows[i * 5 + 4]!;
    if (score >= least && Number(kinds[i]) === PEOPLE) found.push({ x1: rows[i * 5]!, y1: rows[i * 5 + 1]!, x2: rows[i * 5 + 2]!, y2: rows[i * 5 + 3]!, score });
  }

  return found;
}

function readYoloX(values: Float32Array, columns: number, width: number, height: number, least: number): Candidate[] {
  const found: Candidate[] = [];
  let at = 0;
  for (const stride of [8, 16, 32]) {
    for (let y = 0; y < Math.ceil(height / stride); y++) {
      for (let x = 0; x < Math.ceil(width / stride); x++, at += columns) {
        const score = values[at + 4]! * values[at + 5 + PEOPLE]!;
        if (!(score >= least)) continue;
        found.push(centredAt((values[at]! + x) * stride, (values[at + 1]! + y) * stride, Math.exp(values[at + 2]!) * stride, Math.exp(values[at + 3]!) * stride, score));
      }
    }
  }

  return found;
}

function readYolo(values: Float32Array, columns: number, least: number): Candidate[] {
  const found: Candidate[] = [];
  for (let c = 0; c < columns; c++) {
    const score = values[(4 + PEOPLE) * columns + c]!;
    if (score >= least) found.push(centredAt(values[c]!, values[columns + c]!, values[2 * columns + c]!, values[3 * columns + c]!, score));
  }

  return found;
}

function centredAt(x: number, y: number, width: number, height: number, score: number): Candidate {
  return { x1: x - width / 2, y1: y - height / 2, x2: x + width / 2, y2: y + height / 2, score };
}

/** The best boxes, best first, none of which overlaps a better one by more than a share. */
function suppress(candidates: Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const box of candidates.sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES)) {
    if (kept.length === MOST_PEOPLE) break;
    if (kept.every((other) => !(overlapOf(box, other) > OVERLAP))) kept.push(box);
  }

  return kept;
}

function overlapOf(a: Candidate, b: Candidate): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (!(width > 0) || !(height > 0)) return 0;
  const both = width * height;
  return both / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - both);
}

function cellsOf(width: number, height: number): number {
  return [8, 16, 32].reduce((sum, stride) => sum + Math.ceil(width / stride) * Math.ceil(height / stride), 0);
}

function sides(header: OnnxHeader, width: number, height: number): [number, number] {
  if (width > 4096 || height > 4096 || width % 32 !== 0 || height % 32 !== 0) throw unknown(header);
  return [width, height];
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function unknown(header: OnnxHeader): SinewError {
  const ports = header.outputs.map((port) => `${port.name} [${port.shape.map((s) => s ?? '?').join(', ')}]`).join(', ');
  return new SinewError(`this is no person detector that is known here (outputs ${ports}); take RTMDet, YOLOX or YOLO as ONNX`);
}
