import type { Box } from '../src/index.ts';

const SMALLEST = 8;

/** Boxes over the picture that can be drawn, moved and resized by mouse, finger and keyboard. */
export class BoxEditor {
  boxes: Box[] = [];
  #width = 1;
  #height = 1;
  #drag: { move: (event: PointerEvent) => void } | null = null;

  /**
   * @param layer The element that covers the picture exactly.
   * @param onChange Called when a box was drawn, changed or removed.
   */
  constructor(private readonly layer: HTMLElement, private readonly onChange: () => void) {
    layer.addEventListener('pointerdown', (event) => this.#drawNew(event));
    layer.addEventListener('pointermove', (event) => this.#drag?.move(event));
    for (const end of ['pointerup', 'pointercancel'] as const) layer.addEventListener(end, () => this.#drop());
  }

  /** Shows the boxes of a picture of this size. */
  show(boxes: Box[], width: number, height: number): void {
    [this.boxes, this.#width, this.#height] = [boxes, width, height];
    this.#render();
  }

  /** Adds a box in the middle, for those who do not draw, and puts the focus on it. */
  add(): void {
    this.boxes.push({ x: this.#width * 0.3, y: this.#height * 0.1, width: this.#width * 0.4, height: this.#height * 0.8 });
    this.#render();
    this.#element(this.boxes.length - 1)?.focus();
    this.onChange();
  }

  #drawNew(event: PointerEvent): void {
    if (event.target !== this.layer || event.button !== 0) return;
    event.preventDefault();
    const [x0, y0] = this.#at(event);
    const index = this.boxes.length;
    let started = false;
    this.#grab(event, (move) => {
      const [x1, y1] = this.#at(move);
      const box = { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
      if (!started && Math.max(box.width, box.height) < SMALLEST) return;
      started = true;
      this.boxes[index] = box;
      this.#render();
    });
  }

  #grab(event: PointerEvent, move: (event: PointerEvent) => void): void {
    this.layer.setPointerCapture(event.pointerId);
    this.#drag = { move };
  }

  #drop(): void {
    if (this.#drag === null) return;
    this.#drag = null;
    this.boxes = this.boxes.filter((box) => box.width >= SMALLEST && box.height >= SMALLEST);
    this.#render();
    this.onChange();
  }

  #render(): void {
    const focused = [...this.layer.children].indexOf(document.activeElement as Element);
    this.layer.replaceChildren(...this.boxes.map((box, i) => this.#make(box, i)));
    if (focused >= 0) this.#element(Math.min(focused, this.boxes.length - 1))?.focus();
  }

  #make(box: Box, index: number): HTMLElement {
    const element = document.createElement('div');
    element.className = 'box';
    element.tabIndex = 0;
    element.setAttribute('role', 'group');
    element.setAttribute('aria-label', `Box of person ${index + 1}: arrow keys move it, with Shift they resize it, Delete removes it`);
    this.#place(element, box);
    const handle = document.createElement('span');
    handle.className = 'handle';
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.textContent = '×';
    remove.setAttribute('aria-label', `Remove the box of person ${index + 1}`);
    remove.addEventListener('pointerdown', (event) => event.stopPropagation());
    remove.addEventListener('click', () => this.#remove(index));
    element.append(handle, remove);
    element.addEventListener('pointerdown', (event) => this.#startMove(event, index, event.target === handle));
    element.addEventListener('keydown', (event) => this.#key(event, index));
    return element;
  }

  #startMove(event: PointerEvent, index: number, resize: boolean): void {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const [x0, y0] = this.#at(event);
    const from = this.boxes[index]!;
    this.#element(index)?.focus();
    this.#grab(event, (move) => {
      const [x, y] = this.#at(move);
      this.#change(index, from, x - x0, y - y0, resize);
    });
  }

  #key(event: KeyboardEvent, index: number): void {
    if (event.target instanceof HTMLButtonElement) return;
    const step = Math.max(1, Math.round(Math.max(this.#width, this.#height) / 100));
    const by: Record<string, [number, number]> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = by[event.key];
    if (move !== undefined) {
      event.preventDefault();
      this.#change(index, this.boxes[index]!, move[0], move[1], event.shiftKey);
      this.onChange();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.#remove(index);
    }
  }

  #change(index: number, from: Box, dx: number, dy: number, resize: boolean): void {
    const box = resize
      ? { ...from, width: clamp(from.width + dx, SMALLEST, this.#width - from.x), height: clamp(from.height + dy, SMALLEST, this.#height - from.y) }
      : { ...from, x: clamp(from.x + dx, 0, this.#width - from.width), y: clamp(from.y + dy, 0, this.#height - from.height) };
    this.boxes[index] = box;
    const element = this.#element(index);
    if (element) this.#place(element, box);
  }

  #remove(index: number): void {
    this.boxes.splice(index, 1);
    this.#render();
    (this.#element(Math.min(index, this.boxes.length - 1)) ?? this.layer).focus();
    this.onChange();
  }

  #element(index: number): HTMLElement | undefined {
    return this.layer.children[index] as HTMLElement | undefined;
  }

  #place(element: HTMLElement, box: Box): void {
    const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
    element.style.left = percent(box.x, this.#width);
    element.style.top = percent(box.y, this.#height);
    element.style.width = percent(box.width, this.#width);
    element.style.height = percent(box.height, this.#height);
  }

  #at(event: PointerEvent): [number, number] {
    const place = this.layer.getBoundingClientRect();
    return [
      clamp(((event.clientX - place.left) / place.width) * this.#width, 0, this.#width),
      clamp(((event.clientY - place.top) / place.height) * this.#height, 0, this.#height),
    ];
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), Math.max(min, max));
}
