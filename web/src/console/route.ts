// Where one is, behind the # of the address: nothing of it is sent to a server.

import { signal } from '@preact/signals';

const read = (): string[] =>
  location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });

/** The parts of the address: `#/types/BusinessLicence` is `['types', 'BusinessLicence']`. */
export const route = signal<string[]>(read());

addEventListener('hashchange', () => (route.value = read()));

export const to = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

export function go(...parts: string[]): void {
  location.hash = to(...parts);
}
