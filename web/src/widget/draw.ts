// Elements and signs. Nothing is set as markup, and nothing has a style attribute: strict policies hold.

export type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: Event) => void);

/** `h('p.fine', { part: 'note' }, 'text')`; a function under `onclick` listens. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K | `${K}.${string}`, attributes: Record<string, Value> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const [name, ...classes] = tag.split('.') as [K, ...string[]];
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Paths on a field of 24 by 24, drawn with a line of 2. */
const SIGNS = {
  scan: ['M3 8V4a1 1 0 0 1 1-1h4', 'M16 3h4a1 1 0 0 1 1 1v4', 'M21 16v4a1 1 0 0 1-1 1h-4', 'M8 21H4a1 1 0 0 1-1-1v-4', 'M6 12h12'],
  upload: ['M12 16V4', 'M7 9l5-5 5 5', 'M4 16v4h16v-4'],
  printed: ['M4 4h16v16H4z', 'M8 9h8', 'M8 13h8', 'M8 17h4'],
  identifier: ['M9 4L7 20', 'M17 4l-2 16', 'M4 9h16', 'M4 15h16'],
  passed: ['M12 2l8 3v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5z', 'M8 12l3 3 5-6'],
  unusable: ['M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z', 'M6 6l12 12'],
  forged: ['M8 2h8l6 6v8l-6 6H8l-6-6V8z', 'M9 9l6 6', 'M15 9l-6 6'],
  unknown: ['M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12z', 'M15 15l6 6', 'M8 8l4 4', 'M12 8l-4 4'],
  unsure: ['M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z', 'M9.5 9a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .9-1 1.7', 'M12 16.5v.5'],
  unreachable: ['M3 3l18 18', 'M2 9a15 15 0 0 1 5-3', 'M11 5a15 15 0 0 1 11 4', 'M5.5 12.500a10 10 0 0 1 3.500-2.200', 'M15 11a10 10 0 0 1 3.500 1.800', 'M9 16a5 5 0 0 1 6 0', 'M12 20v.1'],
  offline: ['M12 2l8 3v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5z', 'M12 7v5l3 2'],
  large: ['M3 19L9 5l6 14', 'M5 14h8', 'M18 9v8', 'M14.500 13h7'],
  camera: ['M3 7h4l2-3h6l2 3h4v13H3z', 'M12 10a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7z'],
  picture: ['M3 4h18v16H3z', 'M3 16l5-5 5 5 3-3 5 5', 'M15.500 8.500v.1'],
  save: ['M12 4v11', 'M7 11l5 5 5-5', 'M4 20h16'],
  open: ['M14 4h6v6', 'M20 4l-9 9', 'M18 14v6H4V6h6'],
  again: ['M4 12a8 8 0 1 1 2.500 5.800', 'M4 20v-5h5'],
  hub: ['M3 21h18', 'M5 21V10', 'M19 21V10', 'M9.700 21V10', 'M14.300 21V10', 'M2 10l10-7 10 7z'],
  ok: ['M5 12l5 5 9-10'],
  bad: ['M6 6l12 12', 'M18 6L6 18'],
  dash: ['M6 12h12'],
} as const;

export type Sign = keyof typeof SIGNS;

/** A sign repeats what words beside it say, so it is hidden from readers. */
export function sign(name: Sign): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'sign');
  for (const line of SIGNS[name]) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', line);
    svg.append(path);
  }
  return svg;
}
