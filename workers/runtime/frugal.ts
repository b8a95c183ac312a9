import { createPool, type Opened } from '../pipeline/opened';
import type { ExternalData, Graph, Runtime } from './runtime';

/**
 * A runtime that holds no more graphs open than fit a budget: one that is run again after it had to go is opened anew, from bytes
 * that the browser may keep on disk (a Blob). Slower at every change of graph, in return the text encoder, the UNet and the decoder
 * never have to fit the memory together. Numbers are the same.
 * @param budget bytes of graph files and of the files that their weights lie in; the one that runs stays open even if it alone is more.
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
    async open(bytes, name, external = []) {
      const kept = keep(bytes, external);
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

/** A graph's files, where the browser may move them out of memory. */
interface Kept {
  readonly graph: Blob;
  readonly external: readonly { readonly path: string; readonly data: Blob }[];
  /** Bytes of all. */
  readonly size: number;
}

function keep(bytes: Uint8Array, external: readonly ExternalData[]): Kept {
  const blob = (data: Uint8Array) => new Blob([data as Uint8Array<ArrayBuffer>]);
  return {
    graph: blob(bytes),
    external: external.map(({ path, data }) => ({ path, data: blob(data) })),
    size: external.reduce((sum, { data }) => sum + data.length, bytes.length),
  };
}

async function openFrom(
  runtime: Runtime,
  { graph, external, size }: Kept,
  name: string,
): Promise<Opened<Graph>> {
  const bytes = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
  const files = external.map(async ({ path, data }) => ({ path, data: await bytes(data) }));
  const opened = await runtime.open(await bytes(graph), name, await Promise.all(files));
  return { value: opened, bytes: size, close: () => opened.close() };
}
