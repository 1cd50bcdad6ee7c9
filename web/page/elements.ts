/** The page's elements, and small ones that are made on the way. */

export const by = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Replaces an element's content and leaves the focus on the control of the same place. */
export function refill(parent: HTMLElement, children: HTMLElement[]): void {
  const controls = (): HTMLElement[] => [...parent.querySelectorAll<HTMLElement>('input')];
  const focused = controls().indexOf(document.activeElement as HTMLElement);
  parent.replaceChildren(...children);
  if (focused >= 0) controls()[focused]?.focus();
}

export function row(control: HTMLInputElement, swatch: HTMLElement | null, text: string, count?: string): HTMLLabelElement {
  const label = document.createElement('label');
  label.append(control);
  if (swatch) label.append(swatch);
  label.append(text, ' ');
  if (count !== undefined) {
    const number = document.createElement('span');
    number.className = 'quiet';
    number.textContent = `${count} joints`;
    label.append(number);
  }

  return label;
}

export function checkbox(checked: boolean, onChange: (on: boolean) => void): HTMLInputElement {
  const input = document.createElement('input');
  input.type = 'checkbox';
  input.checked = checked;
  input.addEventListener('change', () => onChange(input.checked));
  return input;
}
