/** Line icons on a 20 px grid, as path data. Dots are zero-length strokes. */
const PATHS = {
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  steps: 'M3.5 6.5h3v7h-3ZM8.5 6.5h3v7h-3ZM13.5 6.5h3v7h-3ZM3.5 16.5h13M3.5 3.5h13',
  sun: 'M10 6.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2',
  moon: 'M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z',
  link: 'M8.4 11.6a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-.9.9M11.6 8.4a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.9-.9',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l2.6 1.8',
  dots: 'M4.8 10h.4M9.8 10h.4M14.8 10h.4',
  sliders: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4',
  close: 'M5 5l10 10M15 5L5 15',
  previous: 'M12 4.5 6.5 10l5.5 5.5',
  next: 'M8 4.5 13.5 10 8 15.5',
  download: 'M10 3.5v9M6.4 9.2 10 12.8l3.6-3.6M4 16.5h12',
  replay: 'M4.2 10a5.8 5.8 0 1 1 1.9 4.3M4 15.5v-3.6h3.6',
  copy: 'M9 7h5a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2M13 4.6A1.6 1.6 0 0 0 11.4 4H5.6A1.6 1.6 0 0 0 4 5.6v5.8c0 .7.3 1.1.6 1.3',
  table: 'M5.5 4.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M3.5 8.5h13M8.5 8.5v7',
  chart: 'M4 5.5h9M4 10h12M4 14.5h5',
  columns: 'M4.6 4h3.2v12H4.6ZM12.2 4h3.2v12h-3.2Z',
  rows: 'M4 4.6h12v3.2H4ZM4 12.2h12v3.2H4Z',
  trash: 'M4 6h12M8 6V4.4h4V6M5.6 6l.7 10h7.4l.7-10M8.6 9v4.4M11.4 9v4.4',
  target: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 9.2v4M10 6.6h.01',
  warning: 'M10 3.6 17 16H3L10 3.6ZM10 8.4v3.4M10 14h.01',
  compare:
    'M5.5 4.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2M10 2.5v15M6.8 8.4 5.2 10l1.6 1.6M13.2 8.4l1.6 1.6-1.6 1.6',
  flask: 'M8 3.5h4M8.6 3.5v4.7L4.4 15a1.2 1.2 0 0 0 1 1.8h9.2a1.2 1.2 0 0 0 1-1.8l-4.2-6.8V3.5M6.4 12.4h7.2',
  pencil: 'M4 16l.8-3.4 8.4-8.4a1.7 1.7 0 0 1 2.4 2.4l-8.4 8.4L4 16Z',
  left: 'M15.5 10h-11M8.5 6l-4 4 4 4',
  right: 'M4.5 10h11M11.5 6l4 4-4 4',
  check: 'M4.5 10.5 8.4 14.4 15.5 6',
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a text or inside a labelled control, so it is hidden from screen readers. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' ? 2.4 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two equal bars: the mark of the studio. */
export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--eh-accent)" />
      <rect x="7" y="10" width="18" height="4" rx="2" fill="var(--eh-surface)" />
      <rect x="7" y="18" width="18" height="4" rx="2" fill="var(--eh-surface)" />
    </svg>
  );
}
