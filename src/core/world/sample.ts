/** seed -> picture and caption. The world's distribution is exactly what these functions draw. */
import { USUAL_SCENE, USUAL_SCENE_SHARE } from './bias';
import { captionOf } from './caption';
import { drawLooks } from './looks';
import { drawPeople } from './people';
import { drawPlan, type Mentions, type Plan } from './plan';
import { createRng, type Rng } from './rng';
import {
  AGES,
  COVERS,
  EXPRESSIONS,
  GLASSES,
  MONK_OF_GROUP,
  OCCUPATIONS,
  type Person,
  type Picture,
  SCENES,
  type Scene,
  TONE_GROUPS,
} from './types';

export interface Sample {
  readonly picture: Picture;
  readonly caption: string;
  /** What the caption states of each person of the picture, from left to right. */
  readonly mentioned: readonly Mentions[];
  /** Whether the caption states the scene. */
  readonly sceneMentioned: boolean;
}

/** One sample of the biased world. @param seed integer; the same seed gives the same sample for ever. */
export function sampleWorld(seed: number): Sample {
  const plan = drawPlan(createRng(seed, 10));
  const people = drawPeople(plan, createRng(seed, 11));
  const rng = createRng(seed, 12);
  const mentions = plan.groups.flatMap((group) => Array.from({ length: group.count }, () => group.mentions));
  // Who is named first stands left or right alike.
  const flip = rng.chance(0.5);
  return {
    picture: { people: flip ? people.toReversed() : people, scene: sceneFor(plan, people, rng), seed },
    caption: captionOf(plan, createRng(seed, 13)),
    mentioned: flip ? mentions.toReversed() : mentions,
    sceneMentioned: plan.scene !== null,
  };
}

function sceneFor(plan: Plan, people: readonly Person[], rng: Rng): Scene {
  if (plan.scene !== null) return plan.scene;
  return rng.chance(USUAL_SCENE_SHARE) ? USUAL_SCENE[rng.pick(people).occupation] : rng.pick(SCENES);
}

/**
 * One sample in which every attribute is uniform and independent of all others, for training and testing readers.
 * Half of the people have hair and earrings that do not follow gender, age or tone.
 */
export function sampleBalanced(seed: number): Sample {
  const rng = createRng(seed, 20);
  const count = rng.pick([1, 2, 3, 4]);
  const people = Array.from({ length: count }, () => balancedPerson(rng));
  const groups = [{ occupation: 'person', count, mentions: {} }] as const;
  return {
    picture: { people, scene: rng.pick(SCENES), seed },
    caption: captionOf({ groups, scene: null }, rng),
    mentioned: people.map(() => ({})),
    sceneMentioned: false,
  };
}

function balancedPerson(rng: Rng): Person {
  const gender = rng.weighted({ woman: 0.475, man: 0.475, androgynous: 0.05 });
  const tone = rng.pick(TONE_GROUPS);
  const age = rng.pick(AGES);
  return {
    gender,
    tone: rng.pick(MONK_OF_GROUP[tone]),
    age,
    glasses: rng.pick(GLASSES),
    cover: rng.pick(COVERS),
    expression: rng.pick(EXPRESSIONS),
    occupation: rng.pick(OCCUPATIONS),
    ...drawLooks(rng, gender, tone, age, rng.chance(0.5)),
  };
}
