import { useEffect, useRef } from 'react';
import type { Pixels } from '../../../workers/inspect/types';

/** Pixels as they come from the engine. */
export function PixelCanvas({
  picture: { width, height, pixels },
  className,
  testId,
}: {
  readonly picture: Pixels;
  readonly className?: string | undefined;
  readonly testId?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [width, height, pixels]);
  return <canvas ref={canvas} width={width} height={height} className={className} data-testid={testId} />;
}
