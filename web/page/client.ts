import type { CallName, Calls, Reply } from './protocol.ts';

const PATIENCE_MS = 120_000;

interface Waiting {
  readonly done: (output: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The page's side of the worker. A worker that dies or answers no more is replaced; who waits for it gets an error. */
export class Client {
  #worker: Worker | null = null;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** @param onRestart Called when a worker was lost: what it had open has to be opened again. */
  constructor(private readonly onRestart: () => void) {}

  call<N extends CallName>(name: N, input: Calls[N]['in'], moved: Transferable[] = []): Promise<Calls[N]['out']> {
    const worker = (this.#worker ??= this.#start());
    const id = this.#next++;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => this.#lose('this took longer than two minutes and was stopped; try a smaller picture or model'), PATIENCE_MS);
      this.#waiting.set(id, { done: done as (output: unknown) => void, fail, timer });
      worker.postMessage({ id, name, input }, moved);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module', name: 'sinew' });
    worker.addEventListener('message', (event: MessageEvent<Reply>) => {
      const reply = event.data;
      const waiting = this.#waiting.get(reply.id);
      if (waiting === undefined) return;
      this.#waiting.delete(reply.id);
      clearTimeout(waiting.timer);
      if ('error' in reply) waiting.fail(new Error(reply.error));
      else waiting.done(reply.output);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#lose(`the worker stopped${event.message ? `: ${event.message}` : ''}; the picture or model may be too large for this device`);
    });
    return worker;
  }

  #lose(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail, timer } of waiting) {
      clearTimeout(timer);
      fail(new Error(why));
    }

    this.onRestart();
  }
}
