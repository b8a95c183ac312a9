import type { ReactNode } from 'react';

/** Line icons on a 20 px grid. Always beside a text or inside a labelled control, so they are hidden from readers. */
function icon(children: ReactNode) {
  return function Icon({ size = 18 }: { readonly size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {children}
      </svg>
    );
  };
}

export const PlusIcon = icon(<path d="M10 4v12M4 10h12" />);
export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.4" />
    <path d="M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2" />
  </>,
);
export const MoonIcon = icon(<path d="M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z" />);
export const LinkIcon = icon(
  <path d="M8.4 11.6a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-.9.9M11.6 8.4a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.9-.9" />,
);
export const ClockIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 6v4l2.6 1.8" />
  </>,
);
export const DotsIcon = icon(<path d="M5 10h.01M10 10h.01M15 10h.01" strokeWidth="2.4" />);
export const SlidersIcon = icon(<path d="M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4" />);
export const CloseIcon = icon(<path d="M5 5l10 10M15 5L5 15" />);
export const PreviousIcon = icon(<path d="M12 4.5 6.5 10l5.5 5.5" />);
export const NextIcon = icon(<path d="M8 4.5 13.5 10 8 15.5" />);
export const DownloadIcon = icon(<path d="M10 3.5v9M6.4 9.2 10 12.8l3.6-3.6M4 16.5h12" />);
export const ReplayIcon = icon(<path d="M4.2 10a5.8 5.8 0 1 1 1.9 4.3M4 15.5v-3.6h3.6" />);
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9" height="9" rx="2" />
    <path d="M13 4.6A1.6 1.6 0 0 0 11.4 4H5.6A1.6 1.6 0 0 0 4 5.6v5.8c0 .7.3 1.1.6 1.3" />
  </>,
);
export const TableIcon = icon(
  <>
    <rect x="3.5" y="4.5" width="13" height="11" rx="2" />
    <path d="M3.5 8.5h13M8.5 8.5v7" />
  </>,
);
export const ChartIcon = icon(<path d="M4 5.5h9M4 10h12M4 14.5h5" strokeWidth="2.2" />);
export const ColumnsIcon = icon(
  <>
    <rect x="3.5" y="4" width="5.4" height="12" rx="1.4" />
    <rect x="11.1" y="4" width="5.4" height="12" rx="1.4" />
  </>,
);
export const RowsIcon = icon(
  <>
    <rect x="3.5" y="4" width="13" height="5" rx="1.4" />
    <rect x="3.5" y="11" width="13" height="5" rx="1.4" />
  </>,
);
export const TrashIcon = icon(<path d="M4 6h12M8 6V4.4h4V6M5.6 6l.7 10h7.4l.7-10M8.6 9v4.4M11.4 9v4.4" />);
export const TargetIcon = icon(
  <>
    <circle cx="10" cy="10" r="6.5" />
    <circle cx="10" cy="10" r="2.4" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.2v4M10 6.6h.01" />
  </>,
);
export const WarningIcon = icon(<path d="M10 3.6 17 16H3L10 3.6ZM10 8.4v3.4M10 14h.01" />);
export const CompareIcon = icon(
  <>
    <rect x="3.5" y="4.5" width="13" height="11" rx="2" />
    <path d="M10 2.5v15M6.8 8.4 5.2 10l1.6 1.6M13.2 8.4l1.6 1.6-1.6 1.6" />
  </>,
);

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
