/** Command line of the dataset renderer. */

export interface Options {
  readonly count: number;
  /** First seed; a multiple of the shard size, so that parallel processes never write the same shard. */
  readonly start: number;
  readonly out: string;
  /** Side of an image in pixels. */
  readonly size: number;
  /** Images in a shard. */
  readonly shard: number;
  readonly balanced: boolean;
}

export const USAGE =
  'Usage: render.ts --out DIR [--count 2000] [--start 0] [--size 128] [--shard 2000] [--balanced]\n' +
  '  --balanced (or --reader)  every attribute uniform and independent, for attribute readers';

/** @throws Error that says which option is wrong and how. */
export function parseOptions(args: readonly string[]): Options {
  const values = new Map<string, string>();
  let balanced = false;
  for (let i = 0; i < args.length; i++) {
    const name = args[i] ?? '';
    if (name === '--balanced' || name === '--reader') {
      balanced = true;
    } else if (['--count', '--start', '--out', '--size', '--shard'].includes(name)) {
      const value = args[++i];
      if (value === undefined) throw new Error(`${name} needs a value.\n${USAGE}`);
      values.set(name, value);
    } else {
      throw new Error(`Unknown option ${name}.\n${USAGE}`);
    }
  }
  const whole = (name: string, fallback: number, least: number): number => {
    const value = Number(values.get(name) ?? fallback);
    if (!Number.isInteger(value) || value < least) {
      throw new Error(
        `${name}: expected a whole number of at least ${least}, got ${values.get(name)}.\n${USAGE}`,
      );
    }
    return value;
  };
  const out = values.get('--out');
  if (out === undefined) throw new Error(`--out is missing.\n${USAGE}`);
  const shard = whole('--shard', 2000, 1);
  const start = whole('--start', 0, 0);
  if (start % shard !== 0)
    throw new Error(`--start: expected a multiple of the shard size ${shard}, got ${start}.`);
  return { count: whole('--count', 2000, 1), start, out, size: whole('--size', 128, 8), shard, balanced };
}
