import { parseArgs } from 'node:util';

/** Command line options of the form --name value, with defaults. @throws TypeError for an option that does not exist. */
export function readOptions<const D extends Readonly<Record<string, string>>>(
  args: readonly string[],
  defaults: D,
): Record<keyof D, string> {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string' as const, default: value }]),
  );
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  return { ...defaults, ...values };
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
