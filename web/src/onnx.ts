import { SinewError } from './errors.ts';

/** An input or output of a network; null stands for an axis of any size. */
export interface OnnxPort {
  readonly name: string;
  /** ONNX's number of the element type: 1 is float32. */
  readonly elementType: number;
  readonly shape: readonly (number | null)[];
}

/** What an ONNX file says of itself, without its operators and weights. */
export interface OnnxHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** The largest network that is opened, bytes. */
export const MAX_MODEL_BYTES = 512 * 1024 * 1024;

const MAX_ENTRIES = 256;
const MAX_TEXT = 4 * 1024 * 1024;
const MAX_AXES = 16;

// Numbers of the fields in onnx.proto.
const Model = { irVersion: 1, graph: 7, metadata: 14 } as const;
const Graph = { initializer: 5, input: 11, output: 12 } as const;
const Entry = { key: 1, value: 2 } as const;
const Value = { name: 1, type: 2 } as const;
const Type = { tensor: 1 } as const;
const TensorType = { element: 1, shape: 2 } as const;
const Shape = { axis: 1 } as const;
const Axis = { size: 1 } as const;

const enum Wire {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  Fixed32 = 5,
}

/**
 * Reads a file's metadata and ports. Weights and operators are stepped over, so that the time does not depend on the file's size.
 * @throws SinewError where the bytes are no ONNX file; never anything else, and never a loop without end.
 */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader {
  if (bytes.length > MAX_MODEL_BYTES) throw new SinewError(`a model of ${megabytes(bytes.length)} is more than the ${megabytes(MAX_MODEL_BYTES)} that are opened here`);
  const metadata = new Map<string, string>();
  const inputs: OnnxPort[] = [];
  const outputs: OnnxPort[] = [];
  let graphs = 0;
  let versioned = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === Model.irVersion && field.bytes === null) versioned = true;
    if (field.bytes === null) continue;
    if (field.number === Model.metadata) {
      const [key, value] = readEntry(field.bytes);
      if (metadata.size >= MAX_ENTRIES) throw damaged('more entries of metadata than any model has');
      metadata.set(key, value);
    } else if (field.number === Model.graph) {
      graphs++;
      readPorts(field.bytes, inputs, outputs);
    }
  }

  if (!versioned || graphs !== 1 || inputs.length === 0 || outputs.length === 0) throw damaged('no network is in it');
  return { metadata, inputs, outputs };
}

interface Field {
  readonly number: number;
  /** The value of a number; 0 for other fields. */
  readonly value: number;
  /** The content of a text, a list of bytes or a message; null for numbers. */
  readonly bytes: Uint8Array | null;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const at = { offset: 0 };
  while (at.offset < message.length) {
    const tag = readVarint(message, at);
    const number = Math.floor(tag / 8);
    if (number < 1) throw damaged('a field without a number');
    switch (tag % 8) {
      case Wire.Varint:
        yield { number, value: readVarint(message, at), bytes: null };
        break;
      case Wire.Fixed64:
        skip(message, at, 8);
        break;
      case Wire.Fixed32:
        skip(message, at, 4);
        break;
      case Wire.Bytes: {
        const length = readVarint(message, at);
        const start = at.offset;
        skip(message, at, length);
        yield { number, value: 0, bytes: message.subarray(start, at.offset) };
        break;
      }
      default:
        throw damaged('a field of an unknown kind');
    }
  }
}

function skip(message: Uint8Array, at: { offset: number }, length: number): void {
  if (length > message.length - at.offset) throw damaged('it breaks off');
  at.offset += length;
}

/** A number of up to 64 bits; those beyond 2^53 lose their last bits, which matters to no field that is read here. */
function readVarint(message: Uint8Array, at: { offset: number }): number {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10; i++) {
    const byte = message[at.offset++];
    if (byte === undefined) throw damaged('it breaks off');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }

  throw damaged('a number that does not end');
}

function readEntry(message: Uint8Array): [string, string] {
  let key = '';
  let value = '';
  for (const field of fieldsOf(message)) {
    if (field.bytes === null) continue;
    if (field.number === Entry.key) key = readText(field.bytes);
    else if (field.number === Entry.value) value = readText(field.bytes);
  }

  return [key, value];
}

function readPorts(graph: Uint8Array, inputs: OnnxPort[], outputs: OnnxPort[]): void {
  const weights = new Set<string>();
  for (const field of fieldsOf(graph)) {
    if (field.bytes === null) continue;
    if (field.number === Graph.input) inputs.push(readPort(field.bytes));
    else if (field.number === Graph.output) outputs.push(readPort(field.bytes));
    else if (field.number === Graph.initializer) weights.add(readName(field.bytes));
    if (inputs.length > 65_536 || outputs.length > MAX_ENTRIES) throw damaged('more inputs or outputs than any network has');
  }

  // Old files list their weights among the inputs.
  const own = inputs.filter((port) => !weights.has(port.name));
  inputs.splice(0, inputs.length, ...own);
}

/** The name of a tensor: its field 8. */
function readName(tensor: Uint8Array): string {
  for (const field of fieldsOf(tensor)) {
    if (field.number === 8 && field.bytes !== null) return readText(field.bytes);
  }

  return '';
}

function readPort(message: Uint8Array): OnnxPort {
  let name = '';
  let elementType = 0;
  let shape: (number | null)[] = [];
  for (const field of fieldsOf(message)) {
    if (field.bytes === null) continue;
    if (field.number === Value.name) name = readText(field.bytes);
    if (field.number !== Value.type) continue;
    for (const type of fieldsOf(field.bytes)) {
      if (type.number !== Type.tensor || type.bytes === null) continue;
      for (const part of fieldsOf(type.bytes)) {
        if (part.number === TensorType.element && part.bytes === null) elementType = part.value;
        else if (part.number === TensorType.shape && part.bytes !== null) shape = readShape(part.bytes);
      }
    }
  }

  return { name, elementType, shape };
}

function readShape(message: Uint8Array): (number | null)[] {
  const shape: (number | null)[] = [];
  for (const axis of fieldsOf(message)) {
    if (axis.number !== Shape.axis || axis.bytes === null) continue;
    if (shape.length === MAX_AXES) throw damaged('more axes than any tensor has');
    let size: number | null = null;
    for (const field of fieldsOf(axis.bytes)) {
      if (field.number === Axis.size && field.bytes === null && field.value > 0 && field.value < 2 ** 31) size = field.value;
    }

    shape.push(size);
  }

  return shape;
}

function readText(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT) throw damaged('a text longer than any model has');
  return new TextDecoder().decode(bytes);
}

function damaged(how: string): SinewError {
  return new SinewError(`not an ONNX file, or a damaged one: ${how}`);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
