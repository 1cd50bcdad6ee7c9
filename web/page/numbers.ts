import type { PoseModel } from '../src/index.ts';
import { isShown, type Style } from './draw.ts';
import { by } from './elements.ts';
import type { FoundPicture } from './protocol.ts';

/** How long the last picture took, and what that comes to in people per second; a camera's rate is measured over its frames. */
export function readouts(found: FoundPicture, rate: number | null): void {
  const { read, detect, crop, network, decode } = found.times;
  const without = detect + crop + network + decode;
  by('ms').textContent = number(read + without);
  by('rate').textContent = number(rate === null ? (1000 * found.people.length) / without : rate * found.people.length);
  by('count').textContent = String(found.people.length);
  by('parts').textContent = [['read', read], ['detect', detect], ['crop', crop], ['network', network], ['decode', decode]]
    .filter(([, ms]) => (ms as number) >= 0.05).map(([what, ms]) => `${what as string} ${number(ms as number)}`).join(' · ') + ' ms';
}

/** A line for each joint that is shown, while the table is open. */
export function table(found: FoundPicture, model: PoseModel, style: Style): void {
  const body = by<HTMLTableElement>('table').tBodies[0]!;
  if (!by<HTMLDetailsElement>('numbers').open) {
    body.replaceChildren();
    return;
  }

  const rows = found.people.flatMap((person, p) => model.joints.flatMap((joint, j) => {
    if (!isShown(person, j, style)) return [];
    const line = document.createElement('tr');
    const values = [String(p + 1), joint.name.replaceAll('_', ' '), person.joints[j * 3]!.toFixed(1), person.joints[j * 3 + 1]!.toFixed(1), person.joints[j * 3 + 2]!.toFixed(2)];
    line.append(...values.map((value) => {
      const cell = document.createElement('td');
      cell.textContent = value;
      return cell;
    }));
    return [line];
  }));
  body.replaceChildren(...rows);
}

function number(value: number): string {
  return !Number.isFinite(value) ? '–' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
