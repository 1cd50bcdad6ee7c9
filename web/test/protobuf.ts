/** An input or output to be written; null is an axis of any size. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/** As much of an ONNX file as its header's reader looks at, for tests. */
export function model(content: { inputs: Port[]; outputs: Port[]; metadata?: Record<string, string>; weights?: number; initializers?: string[] }): Uint8Array {
  const graph = message(
    ...(content.initializers ?? []).map((name) => bytes(5, message(text(8, name)))),
    ...(content.weights ? [bytes(5, message(bytes(9, new Uint8Array(content.weights))))] : []),
    ...content.inputs.map((p) => bytes(11, port(p))),
    ...content.outputs.map((p) => bytes(12, port(p))),
  );
  const entries = Object.entries(content.metadata ?? {}).map(([key, value]) => bytes(14, message(text(1, key), text(2, value))));
  return message(number(1, 8), text(2, 'test'), bytes(7, graph), ...entries);
}

export function port({ name, shape }: Port): Uint8Array {
  const axes = shape.map((size) => bytes(1, size === null ? text(2, 'N') : number(1, size)));
  return message(text(1, name), bytes(2, bytes(1, message(number(1, 1), bytes(2, message(...axes))))));
}

export function message(...fields: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(fields));
}

export function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

export function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

export function bytes(field: number, value: Uint8Array): Uint8Array {
  return message(Uint8Array.from(varint(field * 8 + 2)), Uint8Array.from(varint(value.length)), value);
}

function varint(value: number): number[] {
  const out: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return [...out, value];
}
