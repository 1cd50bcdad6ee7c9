import { boxOfJoints, type Box, type PoseModel } from '../src/index.ts';
import { BoxEditor } from './boxes.ts';
import { openCamera, severalCameras, type Camera, type Facing } from './camera.ts';
import { Client } from './client.ts';
import { drawBoxes, drawPeople, isShown, type Style } from './draw.ts';
import { by, checkbox, refill, row } from './elements.ts';
import { groupsOf, type JointGroup } from './groups.ts';
import { alert, busy, guard } from './messages.ts';
import { readouts, table } from './numbers.ts';
import type { Device, FoundPicture, OpenedModel, PeopleMode } from './protocol.ts';
import { download, stem, toJson } from './results.ts';

/** A photo that was added, with what is known of it so far. */
interface Photo {
  readonly key: number;
  readonly name: string;
  readonly file: Blob;
  boxes: Box[];
  found: FoundPicture | null;
  error: string | null;
  readonly button: HTMLButtonElement;
}

const MOST_PHOTOS = 200;
const SHOWN_SIDE = 2048;
const THUMBNAIL_SIDE = 240;
const DEFAULT_MODEL = 'body21-t.onnx';
const CAMERA_BOX_SCORE = 0.3;

const canvas = by<HTMLCanvasElement>('canvas');
const layer = by('layer');

let opened: OpenedModel | null = null;
let modelFile: Blob | null = null;
let modelLabel = '';
let detectorFile: Blob | null = null;
let groups: JointGroup[] = [];
let shown: boolean[] = [];
let photos: Photo[] = [];
let current: Photo | null = null;
let preview: ImageBitmap | null = null;
let nextKey = 1;
let camera: Camera | null = null;
let cameraFound: FoundPicture | null = null;
let followed: Box | null = null;
let facing: Facing = 'user';
/** Grows with every change of model or mode: answers to an older one are not shown. */
let question = 0;
let changing = false;
let modeBefore: PeopleMode = 'whole';

const client = new Client(() => void reopen());
const editor = new BoxEditor(layer, () => {
  if (current === null) return;
  current.boxes = [...editor.boxes];
  void estimateChanged(current);
});

// ---- models

async function openModel(file: Blob, label: string): Promise<void> {
  await opening(`Opening ${label}`, async () => {
    const result = await client.call('model', { file, device: by<HTMLSelectElement>('device').value as Device });
    const same = opened !== null && opened.model.joints.map((j) => j.name).join() === result.model.joints.map((j) => j.name).join();
    [opened, modelFile, modelLabel] = [result, file, label];
    question++;
    groups = groupsOf(result.model);
    if (!same) shown = result.model.joints.map(() => true);
    followed = null;
    showModel(result);
    showGroups(result.model);
    for (const photo of photos) photo.found = null;
    await estimateAll();
  });
}

async function openDetector(file: Blob, label: string): Promise<void> {
  await busy(`Opening ${label}`, async () => {
    const { name } = await client.call('detector', { file });
    detectorFile = file;
    by('detector-name').textContent = `(${name})`;
    const radio = document.querySelector<HTMLInputElement>('input[name=mode][value=detect]')!;
    radio.disabled = false;
    radio.checked = true;
    await changeMode();
  });
}

/** Says in the page's head what goes on with the model, and in the end which one is open. */
async function opening<T>(what: string, action: () => Promise<T>): Promise<T> {
  by('model-name').textContent = `${what} …`;
  try {
    return await busy(what, action);
  } finally {
    if (opened === null) by('model-name').textContent = 'no model';
    else showModel(opened);
  }
}

/** A worker was lost with all that it had open. */
async function reopen(): Promise<void> {
  if (detectorFile !== null) await client.call('detector', { file: detectorFile }).catch(() => undefined);
  if (modelFile !== null) await client.call('model', { file: modelFile, device: by<HTMLSelectElement>('device').value as Device }).catch((error: Error) => alert(error.message));
}

async function openDefaults(): Promise<void> {
  let names: { pose?: unknown; detector?: unknown } = { pose: DEFAULT_MODEL };
  try {
    const response = await fetch('models/manifest.json');
    if (response.ok) names = (await response.json()) as typeof names;
  } catch {
    // Without a list the default model may still be there.
  }

  const pose = typeof names.pose === 'string' ? names.pose : DEFAULT_MODEL;
  const file = opened === null ? await opening('Loading the model', () => fetchModel(pose)) : null;
  if (file) await openModel(file, pose);
  by('need-model').hidden = opened !== null;
  if (typeof names.detector === 'string' && detectorFile === null) {
    const found = await fetchModel(names.detector);
    if (found !== null) await openDetector(found, names.detector);
  }
}

/** A model of this site; null where there is none. */
async function fetchModel(name: string): Promise<Blob | null> {
  try {
    const response = await fetch(`models/${encodeURIComponent(name)}`);
    // Some servers answer every path with their start page.
    if (!response.ok || response.headers.get('content-type')?.startsWith('text/html')) return null;
    return await response.blob();
  } catch {
    return null;
  }
}

function showModel({ model, provider, threads, note }: OpenedModel): void {
  const where = provider === 'webgpu' ? 'WebGPU' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  by('model-name').textContent = `${model.name} · ${model.joints.length} joints · ${where}`;
  by('model-name').title = `${modelLabel}, run by ${provider === 'webgpu' ? 'the GPU (WebGPU)' : `the processor (WebAssembly, ${where})`}`;
  const scores = Object.entries(model.scores).map(([name, score]) => `${name} ${(100 * score).toFixed(1)}`);
  by('model-info').textContent = [
    `${modelLabel}: ${model.name}, skeleton ${model.skeleton}, input ${model.width} × ${model.height}, ${model.precision}, on ${provider === 'webgpu' ? 'the GPU' : where}.`,
    note,
    scores.length > 0 ? `Scores: ${scores.join(', ')}.` : '',
  ].filter(Boolean).join(' ');
  by('need-model').hidden = true;
}

// ---- joints

function showGroups(model: PoseModel): void {
  const rows = groups.map((group) => {
    const box = checkbox(group.joints.every((j) => shown[j]), (on) => {
      for (const joint of group.joints) shown[joint] = on;
      showGroups(model);
      redraw();
    });
    box.indeterminate = !box.checked && group.joints.some((j) => shown[j]);
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = group.colour;
    return row(box, swatch, group.label, `${group.joints.length}`);
  });
  refill(by('groups'), rows);
  const each = model.joints.map((joint, i) => row(checkbox(shown[i] === true, (on) => {
    shown[i] = on;
    showGroups(model);
    redraw();
  }), null, joint.name.replaceAll('_', ' ')));
  refill(by('each'), each);
  by('single').hidden = false;
}

// ---- photos

async function addPhotos(files: readonly File[]): Promise<void> {
  const models = files.filter((f) => f.name.toLowerCase().endsWith('.onnx'));
  for (const file of models) await openAny(file);
  const pictures = files.filter((f) => !models.includes(f)).slice(0, Math.max(0, MOST_PHOTOS - photos.length));
  if (pictures.length + models.length < files.length) alert(`Only the first ${MOST_PHOTOS} photos are kept; for more, use sinew predict.`);
  if (pictures.length === 0) return;
  stopCamera();
  const added = pictures.map(makePhoto);
  photos.push(...added);
  by('strip').append(...added.map((photo) => {
    const item = document.createElement('li');
    item.append(photo.button);
    return item;
  }));
  by('strip').hidden = photos.length < 2;
  show(true);
  if (opened === null) {
    alert('There is no model yet. Choose one: any ONNX file that sinew export wrote.');
    return;
  }

  await select(added[0]!);
  await estimateAll();
}

/** A dropped network is a pose network or a detector; what it is not, its message says. */
async function openAny(file: File): Promise<void> {
  try {
    await openModel(file, file.name);
  } catch (error) {
    await openDetector(file, file.name).catch(() => {
      throw error;
    });
  }
}

function makePhoto(file: File): Photo {
  const button = document.createElement('button');
  button.type = 'button';
  const caption = document.createElement('span');
  caption.textContent = file.name;
  button.append(caption);
  button.setAttribute('aria-label', file.name);
  const photo: Photo = { key: nextKey++, name: file.name, file, boxes: [], found: null, error: null, button };
  button.addEventListener('click', () => void guard(() => select(photo)));
  return photo;
}

async function select(photo: Photo): Promise<void> {
  stopCamera();
  current = photo;
  for (const other of photos) other.button.setAttribute('aria-current', String(other === photo));
  alert(photo.error === null ? null : `${photo.name}: ${photo.error}`);
  await estimate(photo);
}

/** Those that have no result yet; what fails is told of and left. */
async function estimateAll(): Promise<void> {
  if (current !== null && current.found === null && current.error === null) await estimate(current);
  for (const photo of photos) {
    if (photo.found === null && photo.error === null) await estimate(photo);
  }
}

/** Looks at a photo whose boxes change, again and again until they have stayed; not once for every step on the way. */
async function estimateChanged(photo: Photo): Promise<void> {
  if (changing) return;
  changing = true;
  try {
    for (let boxes: Box[] | null = null; boxes !== photo.boxes && photo === current;) {
      boxes = photo.boxes;
      await estimate(photo);
    }
  } finally {
    changing = false;
  }
}

async function estimate(photo: Photo): Promise<void> {
  if (opened === null) return;
  const mode = modeOf();
  const asked = question;
  const large = photo === current;
  const side = large ? SHOWN_SIDE : photo.button.querySelector('canvas') === null ? THUMBNAIL_SIDE : 0;
  try {
    const found = await busy(`Looking at ${photo.name}`, () => client.call('picture', { file: photo.file, key: photo.key, mode, boxes: photo.boxes, preview: side }));
    if (asked !== question) {
      // Model or mode changed meanwhile: who changed them asks again.
      found.preview?.close();
      return;
    }

    [photo.found, photo.error] = [{ ...found, preview: null }, null];
    photo.button.classList.remove('failed');
    photo.button.setAttribute('aria-label', `${photo.name}: ${peopleText(found.people.length)}`);
    if (found.preview !== null) thumbnail(photo, found.preview);
    if (large && photo === current) {
      preview?.close();
      preview = found.preview;
      alert(null);
      redraw();
      report(photo.name, found);
    } else {
      found.preview?.close();
    }
  } catch (error) {
    if (asked !== question) return;
    photo.error = (error as Error).message;
    photo.found = null;
    photo.button.classList.add('failed');
    photo.button.setAttribute('aria-label', `${photo.name}: ${photo.error}`);
    alert(`${photo.name}: ${photo.error}`);
    if (photo === current) blank();
  }

  by<HTMLButtonElement>('save-json').disabled = !photos.some((p) => p.found !== null);
}

function thumbnail(photo: Photo, picture: ImageBitmap): void {
  if (photo.button.querySelector('canvas') !== null) return;
  const small = document.createElement('canvas');
  small.setAttribute('aria-hidden', 'true');
  const scale = Math.min(1, THUMBNAIL_SIDE / Math.max(picture.width, picture.height));
  [small.width, small.height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  small.getContext('2d')!.drawImage(picture, 0, 0, small.width, small.height);
  photo.button.replaceChildren(small);
}

function clear(): void {
  stopCamera();
  preview?.close();
  [photos, current, preview] = [[], null, null];
  by('strip').replaceChildren();
  by('strip').hidden = true;
  alert(null);
  blank();
  show(false);
}

// ---- camera

async function toggleCamera(): Promise<void> {
  if (camera !== null) {
    stopCamera();
    return;
  }

  if (opened === null) {
    alert('There is no model yet. Choose one: any ONNX file that sinew export wrote.');
    return;
  }

  await startCamera();
}

async function turnCamera(): Promise<void> {
  stopCamera();
  facing = facing === 'user' ? 'environment' : 'user';
  await startCamera();
}

async function startCamera(): Promise<void> {
  const started = await openCamera(by<HTMLVideoElement>('video'), facing);
  camera = started;
  current = null;
  followed = null;
  for (const photo of photos) photo.button.setAttribute('aria-current', 'false');
  alert(null);
  show(true);
  setCameraButtons(true);
  void guard(() => watch(started));
  const several = await severalCameras();
  if (camera === started) by('turn-button').hidden = !several;
}

async function watch(open: Camera): Promise<void> {
  let [frames, since] = [0, performance.now()];
  while (camera === open) {
    const bitmap = await open.next();
    if (bitmap === null || camera !== open) break;
    const mode = modeOf() === 'detect' ? 'detect' : followed === null ? 'whole' : 'boxes';
    const found = await client.call('frame', { bitmap, mode, boxes: followed === null ? [] : [followed] }, [bitmap]);
    if (camera !== open) {
      found.preview?.close();
      break;
    }

    preview?.close();
    preview = found.preview;
    cameraFound = found;
    const first = found.people[0];
    // The next frame is cropped around where the person is now; when the joints get unsure, the whole frame is looked at again.
    followed = first === undefined ? null : boxOfJoints(first.joints, CAMERA_BOX_SCORE, 0.15, found.width, found.height);
    redraw();
    frames++;
    const passed = performance.now() - since;
    if (passed > 1000) {
      readouts(found, (1000 * frames) / passed);
      [frames, since] = [0, performance.now()];
    }
  }
}

function stopCamera(): void {
  if (camera === null) return;
  camera.stop();
  camera = null;
  cameraFound = null;
  setCameraButtons(false);
  if (current === null && photos.length === 0) {
    blank();
    show(false);
  }
}

function setCameraButtons(on: boolean): void {
  const button = by<HTMLButtonElement>('camera-button');
  button.setAttribute('aria-pressed', String(on));
  button.textContent = on ? 'Stop the camera' : 'Camera';
  if (!on) by('turn-button').hidden = true;
}

// ---- the view

function styleOf(): Style {
  return {
    shown,
    minScore: by<HTMLInputElement>('score').valueAsNumber,
    colours: by<HTMLSelectElement>('colours').value as Style['colours'],
    names: by<HTMLInputElement>('names').checked,
  };
}

function visible(): FoundPicture | null {
  return camera !== null ? cameraFound : (current?.found ?? null);
}

function redraw(): void {
  const found = visible();
  if (found === null || preview === null || opened === null) return;
  const room = by('view').clientWidth || 800;
  const most = Math.max(240, window.innerHeight * 0.74);
  const fit = Math.min(room / found.width, most / found.height, 2);
  const density = Math.min(window.devicePixelRatio || 1, 2);
  const [width, height] = [Math.max(1, Math.round(found.width * fit)), Math.max(1, Math.round(found.height * fit))];
  [canvas.width, canvas.height] = [Math.round(width * density), Math.round(height * density)];
  [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  paint(canvas, preview, found);
  canvas.setAttribute('aria-label', describe(found));
  layer.classList.toggle('drawing', modeOf() === 'boxes' && camera === null);
  if (modeOf() === 'boxes' && camera === null && current !== null) editor.show([...current.boxes], found.width, found.height);
  else layer.replaceChildren();
  by<HTMLButtonElement>('save-png').disabled = false;
  if (camera === null) table(found, opened.model, styleOf());
}

function paint(target: HTMLCanvasElement | OffscreenCanvas, picture: ImageBitmap, found: FoundPicture): void {
  const context = target.getContext('2d') as CanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, target.width, target.height);
  const scale = target.width / found.width;
  if (modeOf() === 'detect') drawBoxes(context, found.people, scale);
  drawPeople(context, found.people, opened!.model, groups, styleOf(), scale);
}

function blank(): void {
  [canvas.width, canvas.height] = [1, 1];
  [canvas.style.width, canvas.style.height] = ['1px', '1px'];
  canvas.setAttribute('aria-label', 'No picture');
  layer.replaceChildren();
  for (const id of ['ms', 'rate', 'count']) by(id).textContent = '–';
  by('parts').textContent = '';
  by<HTMLTableElement>('table').tBodies[0]!.replaceChildren();
  by<HTMLButtonElement>('save-png').disabled = true;
  if (photos.length === 0) by<HTMLButtonElement>('save-json').disabled = true;
}

function report(name: string, found: FoundPicture): void {
  readouts(found, null);
  by('status').textContent = `${name}: ${describe(found)}`;
}

function describe(found: FoundPicture): string {
  const style = styleOf();
  const joints = opened?.model.joints.length ?? 0;
  const seen = found.people.map((person) => {
    let count = 0;
    for (let j = 0; j < joints; j++) if (isShown(person, j, style)) count++;
    return count;
  });
  return found.people.length === 0 ? 'No people' : `${peopleText(found.people.length)}; joints shown: ${seen.join(', ')} of ${joints}`;
}

function show(something: boolean): void {
  by('empty').hidden = something;
  by('view').hidden = !something;
  by('tools').hidden = !something;
}

// ---- controls

function modeOf(): PeopleMode {
  return document.querySelector<HTMLInputElement>('input[name=mode]:checked')!.value as PeopleMode;
}

async function changeMode(): Promise<void> {
  by('box-tools').hidden = modeOf() !== 'boxes';
  followed = null;
  question++;
  for (const photo of photos) {
    // What a detector found is a good start for one's own boxes.
    if (modeOf() === 'boxes' && photo.boxes.length === 0 && modeBefore === 'detect') photo.boxes = (photo.found?.people ?? []).map((person) => person.box);
    photo.found = null;
  }

  modeBefore = modeOf();
  await estimateAll();
}

async function savePicture(): Promise<void> {
  const found = visible();
  if (found === null || preview === null) return;
  // From the file again, as what is shown may be smaller.
  const whole = camera === null && current !== null ? await createImageBitmap(current.file) : preview;
  const scale = Math.min(1, Math.sqrt(16_000_000 / (whole.width * whole.height)));
  const large = new OffscreenCanvas(Math.round(whole.width * scale), Math.round(whole.height * scale));
  paint(large, whole, found);
  const name = camera === null && current !== null ? stem(current.name) : 'camera';
  download(await large.convertToBlob({ type: 'image/png' }), `${name}.poses.png`);
}

function saveJson(): void {
  if (opened === null) return;
  const results = photos.flatMap(({ name, found }) => (found === null ? [] : [{ name, found }]));
  download(new Blob([toJson(opened.model, results)], { type: 'application/json' }), results.length === 1 ? `${stem(results[0]!.name)}.poses.json` : 'poses.json');
}

async function tryExample(): Promise<void> {
  const response = await fetch('example.jpg');
  if (!response.ok) throw new Error('the example picture is not on this site');
  await addPhotos([new File([await response.blob()], 'example.jpg', { type: 'image/jpeg' })]);
}

const actions: Record<string, () => void | Promise<void>> = {
  photos: () => by('photo-input').click(),
  model: () => by('model-input').click(),
  detector: () => by('detector-input').click(),
  camera: toggleCamera,
  turn: turnCamera,
  example: tryExample,
  clear,
  json: saveJson,
  png: savePicture,
  'add-box': () => editor.add(),
};

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-do]')) {
  button.addEventListener('click', () => void guard(async () => actions[button.dataset['do']!]!()));
}

onFiles('photo-input', addPhotos);
onFiles('model-input', (files) => openModel(files[0]!, files[0]!.name));
onFiles('detector-input', (files) => openDetector(files[0]!, files[0]!.name));

function onFiles(id: string, action: (files: File[]) => Promise<void>): void {
  const input = by<HTMLInputElement>(id);
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // So that the same file can be chosen again.
    input.value = '';
    if (files.length > 0) void guard(() => action(files));
  });
}

for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) radio.addEventListener('change', () => void guard(changeMode));
for (const id of ['colours', 'names']) by(id).addEventListener('change', redraw);
by('score').addEventListener('input', () => {
  by('score-text').textContent = by<HTMLInputElement>('score').valueAsNumber.toFixed(2);
  redraw();
});
by('numbers').addEventListener('toggle', redraw);
by('device').addEventListener('change', () => void guard(async () => {
  if (modelFile !== null) await openModel(modelFile, modelLabel);
}));
window.addEventListener('resize', redraw);

let drags = 0;
document.addEventListener('dragenter', () => document.body.classList.toggle('dragging', ++drags > 0));
document.addEventListener('dragleave', () => document.body.classList.toggle('dragging', --drags > 0));
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drags = 0;
  document.body.classList.remove('dragging');
  const files = [...(event.dataTransfer?.files ?? [])];
  if (files.length > 0) void guard(() => addPhotos(files));
});
document.addEventListener('paste', (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0) void guard(() => addPhotos(files));
});

function peopleText(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

void guard(openDefaults);
