// Elements without markup in texts: nothing that was pasted can become markup.

/** `el('p', { class: 'x' }, 'text', child)`; properties that are `undefined` or `false` are left out. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const SVG = 'http://www.w3.org/2000/svg';
const PATHS = {
  passed: 'M4.5 10.5l3.6 3.6L15.5 6.5',
  failed: 'M5.5 5.5l9 9m0-9l-9 9',
  not_reached: 'M6 10h8',
  arrow: 'M4 10h11m-4-4l4 4-4 4',
};

/** A line drawing that says nothing to a screen reader: its words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of [['viewBox', '0 0 20 20'], ['class', `icon ${name}`], ['aria-hidden', 'true'], ['focusable', 'false']]) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Lets a button show what a password field holds; gives a function that hides it again. */
export function revealer(button, field) {
  const show = (shown) => {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    button.textContent = shown ? 'Hide' : 'Show';
  };
  button.addEventListener('click', () => show(field.type === 'password'));
  return () => show(false);
}

/** A button that copies a text; it says so for a moment. */
export function copyButton(text, label) {
  const button = el('button', { type: 'button', class: 'small' }, label);
  button.addEventListener('click', async () => {
    let done = 'Copied';
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = 'Select it and copy';
    }
    button.textContent = done;
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}
