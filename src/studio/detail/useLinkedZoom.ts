import { type PointerEvent, useRef, useState } from 'react';
import { dragged, held, WHOLE, type Zoom, zoomed } from './zoom';

/** One zoom for all pictures of a stage: what is done to one is done to all. */
export function useLinkedZoom() {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const last = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const inFrames = (event: PointerEvent<HTMLElement>, x: number, y: number) => {
    const { width, height } = event.currentTarget.getBoundingClientRect();
    return { x: x / width, y: y / height };
  };
  return {
    zoom,
    by: (factor: number) => setZoom((now) => zoomed(now, factor)),
    reset: () => setZoom(WHOLE),
    /** For the element that shows a picture. */
    handlers: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (zoom.scale === 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        last.current = { x: event.clientX, y: event.clientY };
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        const from = last.current;
        if (!from) return;
        last.current = { x: event.clientX, y: event.clientY };
        const by = inFrames(event, event.clientX - from.x, event.clientY - from.y);
        setZoom((now) => dragged(now, by));
      },
      onPointerUp() {
        last.current = null;
      },
      onDoubleClick(event: React.MouseEvent<HTMLElement>) {
        const frame = event.currentTarget.getBoundingClientRect();
        const at = {
          x: (event.clientX - frame.left) / frame.width - 0.5,
          y: (event.clientY - frame.top) / frame.height - 0.5,
        };
        // To where the pointer is, and in the middle of it: what was looked at moves there.
        setZoom((now) => (now.scale > 1 ? WHOLE : held({ scale: 2.5, x: -at.x, y: -at.y })));
      },
    },
  };
}

export type LinkedZoom = ReturnType<typeof useLinkedZoom>;
