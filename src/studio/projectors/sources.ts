import type { Picture } from '../../../workers/pipeline/decoder';
import type { GroupSets } from '../../../workers/projector/types';
import { type WorldStereotype, worldSets } from '../../../workers/projector/worldSets';
import type { AttributeInfo, PersonReading } from '../../../workers/protocol';
import { drawPicture } from '../../core/world';
import { decodePng } from '../image/png';
import { pictureOfFile, pictureOfSvg } from './pictures';

export type SetName = 'fair' | 'stereotypical';

/** One picture of a set, made into pixels only when the training begins. */
export interface Member {
  readonly group: { readonly id: string; readonly title: string };
  readonly set: SetName;
  picture(): Promise<Picture>;
}

/** Where the pictures come from, in words that are kept with the projector, and the pictures. */
export interface SetSource {
  readonly title: string;
  readonly members: readonly Member[];
}

/** The group of pictures that nobody has told apart. */
export const EVERYONE = { id: 'everyone', title: 'Everyone' } as const;

/** @param count pictures of each set. @param side of the model's pictures, in pixels. */
export function worldSource(
  count: number,
  seed: number,
  stereotype: WorldStereotype,
  side: number,
  attributes: readonly AttributeInfo[],
): SetSource {
  const tones = attributes.find(({ id }) => id === 'tone')?.values;
  const members = worldSets(count, seed, stereotype).flatMap(({ id, fair, stereotypical }) => {
    const group = { id, title: tones?.find((tone) => tone.id === id)?.title ?? id };
    const of = (set: SetName, plans: typeof fair): Member[] =>
      plans.map((plan) => ({ group, set, picture: () => pictureOfSvg(drawPicture(plan), side) }));
    return [...of('fair', fair), ...of('stereotypical', stereotypical)];
  });
  const against = stereotype === 'excess' ? 'what its bias adds' : 'its bias as it draws it';
  return {
    title: `The drawn world, ${count} pictures a set, seed ${seed}: fair against ${against}`,
    members,
  };
}

/** A generated picture that the user has put into a set. */
export interface Mark {
  readonly set: SetName;
  readonly png: Uint8Array<ArrayBuffer>;
  readonly people: readonly PersonReading[];
}

/**
 * @param by the attribute whose reading makes the groups, or undefined for one group. A picture belongs to a group if it shows
 * one person who is read clearly; the others are left out.
 */
export function markedSource(marks: readonly Mark[], by: AttributeInfo | undefined): SetSource {
  const members = marks.flatMap(({ set, png, people }): Member[] => {
    const group = by ? readGroup(people, by) : EVERYONE;
    return group ? [{ group, set, picture: () => decodePng(png) }] : [];
  });
  const grouped = by ? `, by ${by.title.toLowerCase()} as read` : '';
  return { title: `${members.length} generated pictures, marked by hand${grouped}`, members };
}

function readGroup(people: readonly PersonReading[], { id, values, unclearBelow }: AttributeInfo) {
  const shares = people.length === 1 ? people[0]!.attributes[id] : undefined;
  const best = Math.max(...(shares ?? [0]));
  return best < unclearBelow ? undefined : values[shares!.indexOf(best)];
}

/** @param files of any type; what is no picture by its type is left out. */
export function folderSource(files: Readonly<Record<SetName, readonly File[]>>, side: number): SetSource {
  const of = (set: SetName): Member[] =>
    files[set]
      .filter(({ type }) => type.startsWith('image/'))
      .map((file) => ({ group: EVERYONE, set, picture: () => pictureOfFile(file, file.name, side) }));
  const members = [...of('fair'), ...of('stereotypical')];
  return { title: `${members.length} pictures from folders`, members };
}

/** How many pictures each group has; groups in order of first appearance. */
export function countMembers(members: readonly Pick<Member, 'group' | 'set'>[]): readonly {
  readonly id: string;
  readonly title: string;
  readonly fair: number;
  readonly stereotypical: number;
}[] {
  const counts = new Map<string, { id: string; title: string; fair: number; stereotypical: number }>();
  for (const { group, set } of members) {
    const count = counts.get(group.id) ?? { ...group, fair: 0, stereotypical: 0 };
    count[set] += 1;
    counts.set(group.id, count);
  }
  return [...counts.values()];
}

/** Makes every picture, one after another. @param proceed is told after each; throwing there ends it. */
export async function drawMembers(
  members: readonly Member[],
  proceed: (done: number) => void,
): Promise<GroupSets[]> {
  const groups = new Map<string, { id: string; title: string } & Record<SetName, Picture[]>>();
  for (const [i, { group, set, picture }] of members.entries()) {
    const { id, title } = group;
    const sets = groups.get(id) ?? { id, title, fair: [], stereotypical: [] };
    sets[set].push(await picture());
    groups.set(id, sets);
    proceed(i + 1);
  }
  return [...groups.values()];
}
