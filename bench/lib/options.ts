import { parseArgs } from 'node:util';

type Defaults = Readonly<Record<string, string | boolean>>;
type Options<D extends Defaults> = { readonly [K in keyof D]: D[K] extends boolean ? boolean : string };

/**
 * Command line options of the form --name value, with defaults; --name alone where the default is false.
 * @throws TypeError for an option that does not exist.
 */
export function readOptions<const D extends Defaults>(args: readonly string[], defaults: D): Options<D> {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? ('boolean' as const) : ('string' as const), default: value },
    ]),
  );
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  // parseArgs has checked that each value is of its default's type.
  return { ...defaults, ...values } as Options<D>;
}

/** "1-8", "3,5,7" or a mix of both. @throws RangeError for anything else. */
export function readSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) throw new RangeError(`"${part}" is neither a seed nor a range like 1-8.`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
