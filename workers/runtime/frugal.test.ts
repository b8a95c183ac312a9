import { describe, expect, it } from 'vitest';
import { folderSource } from '../pipeline/folderSource';
import { loadPipeline } from '../pipeline/pipeline';
import { filesIn, OWN, sourceOf } from '../testing/brought';
import { record, request, TINY } from '../testing/tiny';
import { frugalRuntime } from './frugal';
import { createNodeRuntime } from './node';
import type { Runtime } from './runtime';

/** Counts which graphs are open. */
async function counted() {
  const real = await createNodeRuntime(1);
  const open: string[] = [];
  let most = 0;
  let openings = 0;
  const runtime: Runtime = {
    ...real,
    async open(bytes, name, external) {
      const graph = await real.open(bytes, name, external);
      open.push(name);
      openings++;
      most = Math.max(most, open.length);
      return {
        ...graph,
        close: () => {
          open.splice(open.indexOf(name), 1);
          return graph.close();
        },
      };
    },
  };
  return { runtime, open, most: () => most, openings: () => openings };
}

describe('a runtime that is short of memory', () => {
  it('holds one graph and draws the same pixels', async () => {
    const plain = await loadPipeline(folderSource(TINY), await createNodeRuntime(1), () => {});
    const { runtime, open, most, openings } = await counted();
    const short = await loadPipeline(folderSource(TINY), frugalRuntime(runtime, 0), () => {});
    const [expected, drawn] = [await record(plain, request()), await record(short, request())];
    expect(drawn.outcome.type).toBe('done');
    expect(drawn.images.map(({ pixels }) => pixels)).toEqual(expected.images.map(({ pixels }) => pixels));
    expect(open).toHaveLength(1);
    expect(most()).toBe(1);
    expect(openings()).toBeGreaterThan(3);
    await short.close();
    expect(open).toEqual([]);
    await plain.close();
  });

  it('opens each graph once where all fit', async () => {
    const { runtime, openings } = await counted();
    const roomy = await loadPipeline(folderSource(TINY), frugalRuntime(runtime, 1e9), () => {});
    await record(roomy, request());
    expect(openings()).toBe(3);
    await roomy.close();
  });

  it('opens weights in files beside the graph as often as the graph, and counts their bytes', async () => {
    const own = await sourceOf(await filesIn(OWN));
    const plain = await loadPipeline(own, await createNodeRuntime(1), () => {});
    // The graphs have 443 kB without weights.pb of 190 kB, which the UNet needs.
    const { runtime, openings } = await counted();
    const short = await loadPipeline(own, frugalRuntime(runtime, 500_000), () => {});
    const [expected, drawn] = [await record(plain, request()), await record(short, request())];
    expect(drawn.outcome.type).toBe('done');
    expect(drawn.images.map(({ pixels }) => pixels)).toEqual(expected.images.map(({ pixels }) => pixels));
    expect(openings()).toBeGreaterThan(3);
    await short.close();
    await plain.close();
  });
});
