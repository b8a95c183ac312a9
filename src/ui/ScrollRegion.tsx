import type { ReactNode } from 'react';

/** A region that scrolls sideways on a phone; a keyboard needs a stop there to scroll too. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable regions must be reachable (axe scrollable-region-focusable)
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
