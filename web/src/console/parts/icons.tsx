// Drawn here: lines of 24 by 24.

const LINES = {
  home: 'M3 11l9-8 9 8M5 10v10h14V10M10 20v-6h4v6',
  types: 'M6 2h9l4 4v16H6zM14 2v5h5M9 12h7M9 16h7',
  seal: 'M12 3a5 5 0 0 1 3 9v3h4v4H5v-4h4v-3a5 5 0 0 1 3-9zM4 22h16',
  certificates: 'M3 4h18v13H3zM7 8h6M7 12h4M16 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM15 13v7l1.5-1.5L18 20v-7',
  issue: 'M12 5v14M5 12h14',
  queue: 'M4 6h11M4 12h8M4 18h8M15 16l2.5 2.5L22 13',
  grants: 'M12 2l8 3v6c0 5-3.4 8.9-8 11-4.6-2.1-8-6-8-11V5zM8.5 11.5l2.5 2.5 4.5-5',
  monitoring: 'M3 3v18h18M7 15l4-5 3 3 5-7',
  log: 'M12 3v5M12 8L6 12v4M12 8l6 4v4M4 16h4v5H4zM16 16h4v5h-4zM10 3h4',
} as const;

export type IconName = keyof typeof LINES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={LINES[name]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

export const Mark = () => <img class="mark" src="/assets/mark.svg" alt="" width="40" height="40" />;
