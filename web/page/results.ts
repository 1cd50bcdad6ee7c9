import type { PoseModel } from '../src/index.ts';
import type { FoundPicture } from './protocol.ts';

/** A picture's result as it is downloaded. */
export interface NamedResult {
  readonly name: string;
  readonly found: FoundPicture;
}

/** The results in the form of `sinew predict --json` and of the server's `/v1/poses`. */
export function toJson(model: PoseModel, results: readonly NamedResult[]): string {
  return JSON.stringify(
    {
      model: model.name,
      skeleton: model.skeleton,
      joints: model.joints.map((joint) => joint.name),
      limbs: model.limbs,
      pictures: results.map(({ name, found }) => ({
        file: name,
        width: found.width,
        height: found.height,
        people: found.people.map((person) => ({
          box: [person.box.x, person.box.y, person.box.width, person.box.height].map(rounded),
          box_score: rounded(person.boxScore),
          keypoints: Array.from(person.joints, rounded),
        })),
      })),
    },
    null,
    1,
  );
}

/** Offers a file for download. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken the file by then; an address that is taken back at once may not be.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A file's name without its ending. */
export function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '') || 'picture';
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
