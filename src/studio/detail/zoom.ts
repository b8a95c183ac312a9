/** A look at part of a picture: `scale` times as large, its middle moved by these shares of the picture. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 8;

/** Never beyond the picture's edges, however it was moved. */
export function held({ scale, x, y }: Zoom): Zoom {
  const within = Math.min(MOST, Math.max(1, scale));
  const room = (1 - 1 / within) / 2;
  const clamp = (value: number) => Math.min(room, Math.max(-room, value));
  return { scale: within, x: clamp(x), y: clamp(y) };
}

/** Larger or smaller by a factor, with what lies under the pointer staying there. @param at from the middle, in frames (-0.5..0.5). */
export function zoomed(
  zoom: Zoom,
  factor: number,
  at: { readonly x: number; readonly y: number } = WHOLE,
): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const moved = (offset: number, pointer: number) => offset + pointer / scale - pointer / zoom.scale;
  return held({ scale, x: moved(zoom.x, at.x), y: moved(zoom.y, at.y) });
}

/** @param by in frames. */
export function dragged(zoom: Zoom, by: { readonly x: number; readonly y: number }): Zoom {
  return held({ ...zoom, x: zoom.x + by.x / zoom.scale, y: zoom.y + by.y / zoom.scale });
}

export const transformOf = ({ scale, x, y }: Zoom): string =>
  scale === 1 ? 'none' : `scale(${scale}) translate(${x * 100}%, ${y * 100}%)`;
