import type { PoseModel } from '../src/index.ts';

/** Joints that the same data sets taught. */
export interface JointGroup {
  /** Such as `only lab`, or `studio17 and lab`. */
  readonly label: string;
  readonly joints: readonly number[];
  readonly colour: string;
}

// Okabe and Ito's palette: told apart by those who do not see all colours, too.
const PALETTE = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#0072b2', '#f0e442'];

/** Divides a model's joints by the data sets that have them; each joint is in one group. */
export function groupsOf(model: PoseModel): JointGroup[] {
  if (model.origins.length === 0) {
    return [{ label: 'all joints', joints: model.joints.map((_, i) => i), colour: PALETTE[0]! }];
  }

  const byOwners = new Map<string, number[]>();
  for (let joint = 0; joint < model.joints.length; joint++) {
    const owners = model.origins.filter((origin) => origin.joints.includes(joint)).map((origin) => origin.name);
    const key = JSON.stringify(owners);
    byOwners.set(key, [...(byOwners.get(key) ?? []), joint]);
  }

  return [...byOwners]
    .map(([key, joints]) => ({ owners: JSON.parse(key) as string[], joints }))
    .sort((a, b) => b.owners.length - a.owners.length)
    .map(({ owners, joints }, i) => ({ label: labelOf(owners, model.origins.length), joints, colour: PALETTE[i % PALETTE.length]! }));
}

function labelOf(owners: string[], all: number): string {
  if (owners.length === 0) return 'teachers only';
  if (owners.length === 1) return all === 1 ? owners[0]! : `only ${owners[0]!}`;
  return `${owners.slice(0, -1).join(', ')} and ${owners[owners.length - 1]!}`;
}
