import { createPool, type Opened } from '../pipeline/opened';
import type { Graph, Runtime } from './runtime';

/**
 * A runtime that holds no more graphs open than fit a budget: one that is run again after it had to go is opened anew, from bytes
 * that the browser may keep on disk (a Blob). Slower at every change of graph, in return the text encoder, the UNet and the decoder
 * never have to fit the memory together. Numbers are the same.
 * @param budget bytes of graph files; the one that runs stays open even if it alone is more.
 */
export function frugalRuntime(runtime: Runtime, budget: number): Runtime {
  const pool = createPool(budget);
  let opened = 0;
  /** One use at a time: a graph must not be closed for another between being opened and being run. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };

  return {
    ...runtime,
    async open(bytes, name) {
      const kept = new Blob([bytes as Uint8Array<ArrayBuffer>]);
      const key = `${name}#${opened++}`;
      let milliseconds = 0;
      let closed = false;
      const use = <T>(act: (graph: Graph) => Promise<T>) =>
        inTurn(async () => {
          if (closed) throw new RangeError(`The graph ${name} is closed.`);
          const graph = await pool.use(key, () => openFrom(runtime, kept, name), kept.size);
          const before = graph.runMilliseconds();
          const answer = await act(graph);
          milliseconds += graph.runMilliseconds() - before;
          return answer;
        });
      // Opened at once all the same: a graph that cannot be is found while the model is loaded.
      const { inputs, outputs } = await use(async ({ inputs, outputs }) => ({ inputs, outputs }));
      return {
        ...{ inputs, outputs },
        run: (feeds, fetches) => use((graph) => graph.run(feeds, fetches)),
        runMilliseconds: () => milliseconds,
        close: () =>
          inTurn(async () => {
            closed = true;
            await pool.drop(key);
          }),
      };
    },
    async close() {
      await pool.close();
      await runtime.close();
    },
  };
}

async function openFrom(runtime: Runtime, kept: Blob, name: string): Promise<Opened<Graph>> {
  const graph = await runtime.open(new Uint8Array(await kept.arrayBuffer()), name);
  return { value: graph, bytes: kept.size, close: () => graph.close() };
}
