import type { Box, PoseModel } from '../src/index.ts';

/** Who the people of a picture are: one who fills it, those in given boxes, or those that the detector finds. */
export type PeopleMode = 'whole' | 'boxes' | 'detect';

/** Where networks run: on the GPU where there is one, or as asked for. */
export type Device = 'auto' | 'webgpu' | 'wasm';

export interface FoundPerson {
  readonly box: Box;
  readonly boxScore: number;
  /** x, y (pixels of the full picture) and score per joint. */
  readonly joints: Float32Array;
}

export interface FoundTimes {
  /** Milliseconds of reading and decoding the file; 0 where that was done before. */
  readonly read: number;
  readonly detect: number;
  readonly crop: number;
  readonly network: number;
  readonly decode: number;
}

export interface FoundPicture {
  /** The full picture, pixels. */
  readonly width: number;
  readonly height: number;
  readonly people: FoundPerson[];
  readonly times: FoundTimes;
  /** The picture to show, perhaps smaller; null where the page has it already. */
  readonly preview: ImageBitmap | null;
}

export interface OpenedModel {
  readonly model: PoseModel;
  readonly provider: string;
  readonly threads: number;
  /** What the user should know of how it runs; empty for nothing. */
  readonly note: string;
}

/** What the page asks of its worker, and what comes back. `preview` is the longest side of the picture to show, pixels; 0 for none. */
export interface Calls {
  model: { in: { file: Blob; device: Device }; out: OpenedModel };
  detector: { in: { file: Blob | null }; out: { name: string } };
  picture: { in: { file: Blob; key: number; mode: PeopleMode; boxes: Box[]; preview: number }; out: FoundPicture };
  frame: { in: { bitmap: ImageBitmap; mode: PeopleMode; boxes: Box[] }; out: FoundPicture };
}

export type CallName = keyof Calls;

export interface Request<N extends CallName = CallName> {
  readonly id: number;
  readonly name: N;
  readonly input: Calls[N]['in'];
}

export type Reply = { readonly id: number; readonly output: unknown } | { readonly id: number; readonly error: string };
