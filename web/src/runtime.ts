/** The part of onnxruntime-web that is used here; the module itself satisfies it. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(bytes: Uint8Array, options?: SessionOptions): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
}

export interface SessionOptions {
  executionProviders?: readonly string[];
  graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all';
}

export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  dispose(): void;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}
