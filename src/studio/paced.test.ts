import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { paced } from './paced';

describe('a paced subscription', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => setTimeout(frame, 16));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('tells of a burst of changes once, and of the last one too', () => {
    const store = createStore(() => ({ n: 0 }));
    const heard: number[] = [];
    paced(store, 200)(() => heard.push(store.getState().n));
    for (let n = 1; n <= 100; n++) store.setState({ n });
    vi.advanceTimersByTime(16);
    expect(heard).toEqual([100]);
    store.setState({ n: 101 });
    store.setState({ n: 102 });
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([100]);
    vi.advanceTimersByTime(200);
    expect(heard).toEqual([100, 102]);
  });

  it('asks for one frame however many listen, and for none when nobody does', () => {
    const store = createStore(() => ({ n: 0 }));
    const frames = vi.fn((frame: () => void) => setTimeout(frame, 16));
    vi.stubGlobal('requestAnimationFrame', frames);
    const leave = Array.from({ length: 50 }, () => paced(store, 0)(() => undefined));
    store.setState({ n: 1 });
    vi.advanceTimersByTime(16);
    expect(frames).toHaveBeenCalledTimes(1);
    for (const stop of leave) stop();
    store.setState({ n: 2 });
    vi.advanceTimersByTime(500);
    expect(frames).toHaveBeenCalledTimes(1);
  });
});
