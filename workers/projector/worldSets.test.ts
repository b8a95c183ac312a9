import { describe, expect, it } from 'vitest';
import { AGES, drawPicture, toneGroup } from '../../src/core/world';
import { worldSets } from './worldSets';

const COUNT = 600;
const share = (set: readonly { people: readonly { age: string; expression: string }[] }[], value: string) =>
  set.filter(({ people }) => people[0]!.age === value || people[0]!.expression === value).length / set.length;

describe('the sets of the drawn world', () => {
  it('hold one person of the right tone group each', () => {
    for (const { id, fair, stereotypical } of worldSets(30, 1)) {
      for (const { people } of [...fair, ...stereotypical]) {
        expect(people.map(({ tone }) => toneGroup(tone))).toEqual([id]);
      }
    }
  });

  it('are uniform in age and expression where they are fair, in every group', () => {
    for (const { fair } of worldSets(COUNT, 2)) {
      // Four standard deviations of a share of a third, or a half, of 600.
      for (const age of AGES) expect(Math.abs(share(fair, age) - 1 / 3)).toBeLessThan(0.08);
      expect(Math.abs(share(fair, 'smiling') - 1 / 2)).toBeLessThan(0.09);
    }
  });

  it('hold a stereotype of the brown and the dark group only: what the entanglement adds', () => {
    const [light, tan, brown, dark] = worldSets(COUNT, 3).map(({ stereotypical }) => stereotypical);
    expect([light, tan]).toEqual([[], []]);
    for (const set of [brown!, dark!]) {
      expect(share(set, 'old')).toBe(1);
      expect(share(set, 'neutral')).toBe(1);
    }
  });

  it('or everybody as the entanglement draws them: 2.6 / 4.2 of the dark group old, 0.3 smiling', () => {
    const dark = worldSets(COUNT, 4, 'biased').at(-1)!.stereotypical;
    expect(Math.abs(share(dark, 'old') - 2.6 / 4.2)).toBeLessThan(0.08);
    expect(Math.abs(share(dark, 'smiling') - 0.3)).toBeLessThan(0.08);
  });

  it('differ in the stereotype alone: everything else of picture i is the same in both', () => {
    const { fair, stereotypical } = worldSets(200, 5).at(-1)!;
    let same = 0;
    fair.forEach((picture, i) => {
      const other = stereotypical[i]!;
      const { gender, tone, occupation, glasses, cover } = picture.people[0]!;
      expect({ ...other, people: [other.people[0]] }).toMatchObject({
        scene: picture.scene,
        seed: picture.seed,
        people: [{ gender, tone, occupation, glasses, cover }],
      });
      if (drawPicture(picture) === drawPicture(other)) same++;
    });
    // A sixth of the fair pictures is old and neutral as well, and then they are the very same.
    expect(Math.abs(same / fair.length - 1 / 6)).toBeLessThan(0.1);
  });

  it('come again for the same seed, and differ for another', () => {
    expect(worldSets(5, 7)).toEqual(worldSets(5, 7));
    expect(worldSets(5, 7)).not.toEqual(worldSets(5, 8));
  });
});
