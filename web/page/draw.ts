import type { PoseModel } from '../src/index.ts';
import type { JointGroup } from './groups.ts';
import type { FoundPerson } from './protocol.ts';

/** How skeletons are drawn. */
export interface Style {
  /** Per joint, whether it is shown. */
  readonly shown: readonly boolean[];
  readonly minScore: number;
  readonly colours: 'side' | 'origin';
  readonly names: boolean;
}

const EDGE = 'rgb(16 18 24 / 65%)';
const LEFT = '#3b9dff';
const RIGHT = '#ff8a3c';
const MIDDLE = '#4bd17a';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** True where a joint is drawn. */
export function isShown(person: FoundPerson, joint: number, style: Style): boolean {
  return style.shown[joint] === true && person.joints[joint * 3 + 2]! >= style.minScore;
}

/**
 * Draws people's limbs and joints, with a dark edge that stands out from any picture.
 * @param scale Pixels of the canvas per pixel of the picture.
 */
export function drawPeople(context: Context, people: readonly FoundPerson[], model: PoseModel, groups: readonly JointGroup[], style: Style, scale: number): void {
  const colours = coloursOf(model, groups, style.colours);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const person of people) {
    const at = (joint: number): [number, number] => [(person.joints[joint * 3]! + 0.5) * scale, (person.joints[joint * 3 + 1]! + 0.5) * scale];
    const width = widthFor(person, scale);
    for (const [from, to] of model.limbs) {
      if (!isShown(person, from, style) || !isShown(person, to, style)) continue;
      const [[x0, y0], [x1, y1]] = [at(from), at(to)];
      // Faces and hands have many joints close together: thin lines keep them apart.
      const thickness = Math.min(width, Math.max(Math.hypot(x1 - x0, y1 - y0) * 0.35, width * 0.4));
      line(context, x0, y0, x1, y1, thickness * 1.5, EDGE);
      if (colours[from] === colours[to]) {
        line(context, x0, y0, x1, y1, thickness, colours[from]!);
      } else {
        const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
        line(context, x0, y0, mx, my, thickness, colours[from]!);
        line(context, mx, my, x1, y1, thickness, colours[to]!);
      }
    }

    for (let joint = 0; joint < model.joints.length; joint++) {
      if (!isShown(person, joint, style)) continue;
      const [x, y] = at(joint);
      disc(context, x, y, width * 0.95, EDGE);
      disc(context, x, y, width * 0.7, '#fff');
      disc(context, x, y, width * 0.5, colours[joint]!);
      if (style.names) label(context, model.joints[joint]!.name, x + width, y, Math.max(11, width * 2));
    }
  }
}

/** Draws the boxes that a detector found. */
export function drawBoxes(context: Context, people: readonly FoundPerson[], scale: number): void {
  for (const { box } of people) {
    const [x, y, w, h] = [box.x * scale, box.y * scale, box.width * scale, box.height * scale];
    context.lineWidth = 3;
    context.strokeStyle = EDGE;
    context.strokeRect(x, y, w, h);
    context.lineWidth = 1.25;
    context.strokeStyle = '#fff';
    context.strokeRect(x, y, w, h);
  }
}

function coloursOf(model: PoseModel, groups: readonly JointGroup[], by: 'side' | 'origin'): string[] {
  const colours: string[] = model.joints.map(({ name }) => (/(^|[^a-z])(left|l)([^a-z]|$)/i.test(name) ? LEFT : /(^|[^a-z])(right|r)([^a-z]|$)/i.test(name) ? RIGHT : MIDDLE));
  if (by === 'origin') for (const group of groups) for (const joint of group.joints) colours[joint] = group.colour;
  return colours;
}

/** A line width that suits the person's size on the canvas. */
function widthFor(person: FoundPerson, scale: number): number {
  let [top, bottom, left, right] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < person.joints.length; k += 3) {
    if (!(person.joints[k + 2]! > 0)) continue;
    [left, right] = [Math.min(left, person.joints[k]!), Math.max(right, person.joints[k]!)];
    [top, bottom] = [Math.min(top, person.joints[k + 1]!), Math.max(bottom, person.joints[k + 1]!)];
  }

  const size = Math.hypot(right - left, bottom - top) * scale;
  return Number.isFinite(size) ? Math.min(Math.max(size / 75, 2), 14) : 4;
}

function line(context: Context, x0: number, y0: number, x1: number, y1: number, width: number, colour: string): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

function disc(context: Context, x: number, y: number, radius: number, colour: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fillStyle = colour;
  context.fill();
}

function label(context: Context, text: string, x: number, y: number, size: number): void {
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.lineWidth = size / 4;
  context.strokeStyle = EDGE;
  context.strokeText(text, x, y);
  context.fillStyle = '#fff';
  context.fillText(text, x, y);
}
