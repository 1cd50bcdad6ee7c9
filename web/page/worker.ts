import {
  DEFAULT_LIMITS, MAX_MODEL_BYTES, PersonDetector, PoseEstimator, readOnnxHeader, readPictureHeader, readPoseModel, SinewError, messageOf, tooLarge,
  type Box, type OnnxRuntime, type Pixels,
} from '../src/index.ts';
import type { CallName, Calls, Device, FoundPicture, OpenedModel, PeopleMode, Reply, Request } from './protocol.ts';

interface RuntimeModule extends OnnxRuntime {
  readonly env: { wasm: { wasmPaths?: string; numThreads?: number }; logLevel?: string };
}

declare const self: DedicatedWorkerGlobalScope;

// What a canvas holds on every phone; larger pictures are looked at reduced, and their joints brought back to full size.
const WORKING_PIXELS = 16_000_000;
const MAX_THREADS = 8;

let runtime: { module: RuntimeModule; gpu: boolean; threads: number } | null = null;
let pose: PoseEstimator | null = null;
let detector: PersonDetector | null = null;
let detectorBytes: Uint8Array | null = null;
let last: { key: number; pixels: Pixels; scale: number; width: number; height: number } | null = null;

const handlers: { [N in CallName]: (input: Calls[N]['in']) => Promise<Calls[N]['out']> } = {
  model: ({ file, device }) => openModel(file, device),
  detector: ({ file }) => openDetector(file),
  picture: async ({ file, key, mode, boxes, preview }) => {
    const began = performance.now();
    if (last?.key !== key) {
      // The old picture's memory first: two large ones may be more than a phone has.
      last = null;
      last = { key, ...(await decode(file)) };
    }

    const read = performance.now() - began;
    const found = await find(last.pixels, last.scale, last.width, last.height, mode, boxes, read);
    return { ...found, preview: preview > 0 ? await previewOf(last.pixels, preview) : null };
  },
  frame: async ({ bitmap, mode, boxes }) => {
    const began = performance.now();
    const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height);
    const found = await find(pixels, 1, pixels.width, pixels.height, mode, boxes, performance.now() - began);
    return { ...found, preview: bitmap };
  },
};

// One call after the other: a network runs one picture at a time.
let queue: Promise<void> = Promise.resolve();
self.addEventListener('message', (event: MessageEvent<Request>) => {
  queue = queue.then(() => answer(event.data));
});

async function answer(request: Request): Promise<void> {
  let reply: Reply;
  const moved: Transferable[] = [];
  try {
    const output = await (handlers[request.name] as (input: unknown) => Promise<unknown>)(request.input);
    const preview = (output as Partial<FoundPicture>).preview;
    if (preview) moved.push(preview);
    reply = { id: request.id, output };
  } catch (error) {
    reply = { id: request.id, error: error instanceof SinewError ? error.message : `unexpected: ${messageOf(error)}` };
  }

  self.postMessage(reply, moved);
}

async function openModel(file: Blob, device: Device): Promise<OpenedModel> {
  const bytes = await bytesOf(file);
  const model = readPoseModel(readOnnxHeader(bytes));
  // WebGPU has no integer convolutions: what 8 bits win is lost there.
  const wanted = device === 'auto' && model.precision === 'int8' ? 'wasm' : device;
  const opened = await openRuntime(wanted);
  let note = '';
  let next: PoseEstimator;
  try {
    next = await PoseEstimator.create(opened.module, bytes, opened.gpu ? 'webgpu' : 'wasm');
  } catch (error) {
    if (!opened.gpu || device !== 'auto') throw error;
    next = await PoseEstimator.create(opened.module, bytes, 'wasm');
    note = 'The GPU cannot run this network; it runs on the processor.';
  }

  await pose?.release();
  pose = next;
  if (detectorBytes !== null && detector === null) detector = await PersonDetector.create(opened.module, detectorBytes, 'wasm');
  return { model: next.model, provider: next.provider, threads: next.provider === 'wasm' ? opened.threads : 0, note };
}

async function openDetector(file: Blob | null): Promise<{ name: string }> {
  if (file === null) {
    await detector?.release();
    [detector, detectorBytes] = [null, null];
    return { name: '' };
  }

  const bytes = await bytesOf(file);
  const { module } = await openRuntime(runtime?.gpu ? 'auto' : 'wasm');
  // Suppression inside the network has no kernels on the GPU; the whole of a nano detector is fast enough without it.
  const next = await PersonDetector.create(module, bytes, 'wasm');
  await detector?.release();
  [detector, detectorBytes] = [next, bytes];
  return { name: next.model.name };
}

async function openRuntime(device: Device): Promise<NonNullable<typeof runtime>> {
  const adapter = device === 'wasm' ? null : await adapterOf(device === 'webgpu');
  if (device === 'webgpu' && adapter === null) throw new SinewError('this browser offers no WebGPU here; choose the processor');
  const gpu = adapter !== null;
  if (runtime?.gpu === gpu) return runtime;
  const base = new URL('ort/', self.location.href).href;
  const module = (await import(`${base}ort.${gpu ? 'webgpu' : 'wasm'}.min.mjs`)) as RuntimeModule;
  const threads = self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS) : 1;
  module.env.wasm.wasmPaths = base;
  module.env.wasm.numThreads = threads;
  module.env.logLevel = 'error';
  await pose?.release();
  await detector?.release();
  [pose, detector] = [null, null];
  return (runtime = { module, gpu, threads });
}

interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
}

/** The GPU; null where there is none, or one that the processor plays, which is slower than the processor itself. */
async function adapterOf(any: boolean): Promise<Adapter | null> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } }).gpu;
  try {
    const adapter = (await gpu?.requestAdapter()) ?? null;
    return adapter !== null && !any && (adapter.info?.isFallbackAdapter === true || adapter.info?.architecture === 'swiftshader') ? null : adapter;
  } catch {
    return null;
  }
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  if (file.size > MAX_MODEL_BYTES) throw new SinewError(`a model of ${Math.ceil(file.size / 2 ** 20)} MB is more than the ${MAX_MODEL_BYTES / 2 ** 20} MB that are opened here`);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new SinewError('the file cannot be read; choose it again');
  }
}

async function decode(file: Blob): Promise<{ pixels: Pixels; scale: number; width: number; height: number }> {
  if (file.size > DEFAULT_LIMITS.bytes) throw tooLarge(file.size);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new SinewError('the file cannot be read; choose it again');
  }

  const header = readPictureHeader(bytes);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch {
    throw new SinewError(`this ${header.format.toUpperCase()} picture cannot be decoded; it is damaged or breaks off`);
  }

  const { width, height } = bitmap;
  const scale = Math.min(1, Math.sqrt(WORKING_PIXELS / (width * height)));
  try {
    const pixels = pixelsOf(bitmap, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    return { pixels, scale: pixels.width / width, width, height };
  } finally {
    bitmap.close();
  }
}

let canvas: OffscreenCanvas | null = null;

function pixelsOf(bitmap: ImageBitmap, width: number, height: number): ImageData {
  if (canvas === null || canvas.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: true });
  if (context === null) throw new SinewError('the browser has no memory for a picture of this size; make it smaller');
  context.clearRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  try {
    return context.getImageData(0, 0, width, height);
  } catch {
    throw new SinewError('the browser has no memory for a picture of this size; make it smaller');
  }
}

async function previewOf(pixels: Pixels, side: number): Promise<ImageBitmap> {
  const scale = Math.min(1, side / Math.max(pixels.width, pixels.height));
  return await createImageBitmap(pixels as ImageData, {
    resizeWidth: Math.max(1, Math.round(pixels.width * scale)), resizeHeight: Math.max(1, Math.round(pixels.height * scale)), resizeQuality: 'high',
  });
}

async function find(pixels: Pixels, scale: number, width: number, height: number, mode: PeopleMode, boxes: Box[], read: number): Promise<FoundPicture> {
  if (pose === null) throw new SinewError('no model is open; choose one first');
  const began = performance.now();
  const scaled = boxes.map((b) => ({ x: b.x * scale, y: b.y * scale, width: b.width * scale, height: b.height * scale }));
  if (mode === 'detect' && detector === null) throw new SinewError('no detector is open; choose one, or draw boxes');
  const people = mode === 'detect' ? await detector!.detect(pixels) : scaled.map((box) => ({ box, score: 1 }));
  const detect = mode === 'detect' ? performance.now() - began : 0;
  const estimated = mode === 'whole' ? await pose.estimateWhole(pixels) : await pose.estimate(pixels, people);
  const back = 1 / scale;
  for (const { joints } of estimated.people) {
    for (let k = 0; k < joints.length; k += 3) [joints[k], joints[k + 1]] = [joints[k]! * back, joints[k + 1]! * back];
  }

  return {
    width, height, times: { read, detect, ...estimated.times }, preview: null,
    people: estimated.people.map(({ box, boxScore, joints }) => ({
      box: { x: box.x * back, y: box.y * back, width: box.width * back, height: box.height * back }, boxScore, joints,
    })),
  };
}
