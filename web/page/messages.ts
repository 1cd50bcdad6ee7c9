import { by } from './elements.ts';

let work = 0;

/** Shows a message until it is closed or another takes its place; null takes it away. */
export function alert(message: string | null): void {
  const place = by('alert');
  place.hidden = message === null;
  place.replaceChildren();
  if (message === null) return;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Close this message');
  close.addEventListener('click', () => alert(null));
  place.append(message, close);
}

/** Says what goes on while an action takes its time. */
export async function busy<T>(what: string, action: () => Promise<T>): Promise<T> {
  work++;
  by('busy-text').textContent = what;
  by('busy').hidden = false;
  try {
    return await action();
  } finally {
    work--;
    by('busy').hidden = work === 0;
  }
}

/** Runs an action and shows what went wrong. */
export async function guard(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    alert((error as Error).message);
  }
}
