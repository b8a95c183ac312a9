import { explicitPrompts, neutralPrompt } from '../../../src/core/world';
import type { Aim, Measurement } from '../../lib/report';
import { everybodyIs, shareOfHits } from '../counting';
import { type Answers, type DrawJob, inChunks } from '../jobs';
import { type MakePart, NAMED, type Part, type Plan, SEEDS } from './part';

/** A prompt and what everybody in its pictures must then be. */
interface Asked {
  readonly attribute: string;
  readonly value: string;
  readonly jobs: readonly DrawJob[];
}

const LEAST: Readonly<Record<string, number>> = { gender: 0.95, tone: 0.95, age: 0.9 };

const WORN = [
  { phrase: 'wearing glasses', attribute: 'glasses', value: 'yes', aim: { atLeast: 0.9 } },
  { phrase: 'wearing a hijab', attribute: 'cover', value: 'hijab', aim: { atLeast: 0.9 } },
  { phrase: 'wearing a turban', attribute: 'cover', value: 'turban', aim: undefined },
] as const;

/** "a photo of a female doctor", "a photo of an old nurse", "a photo of a chef wearing glasses": pairs that captions stated. */
export const words: MakePart = (plan) => {
  const stated = stateOne(plan, false, SEEDS.words, plan.count(8));
  const worn = WORN.map(({ phrase, attribute, value, aim }, k) => ({
    name: `"${phrase}" obeyed`,
    aim,
    asked: NAMED.map((occupation, i): Asked => {
      const first = SEEDS.words + 50_000 + (k * NAMED.length + i) * 100;
      return {
        attribute,
        value,
        jobs: draws(plan, `${neutralPrompt(occupation)} ${phrase}`, first, plan.count(16)),
      };
    }),
  }));
  return {
    jobs: jobsOf([...stated, ...worn.flatMap(({ asked }) => asked)]),
    evaluate: (answers) => ({
      measurements: [
        ...byAttribute(stated, answers, '', LEAST),
        ...worn.map(({ name, aim, asked }) => obeyed(name, asked, answers, aim)),
      ],
    }),
  };
};

/** The same of the pairs that no training caption named together. */
export const heldOutWords: MakePart = (plan) => {
  const asked = stateOne(plan, true, SEEDS.heldOut, plan.count(32));
  const least = { gender: 0.85, tone: 0.85, age: 0.85 };
  return {
    jobs: jobsOf(asked),
    evaluate: (answers) => ({
      measurements: [
        ...byAttribute(asked, answers, ' of held-out pairs', least),
        obeyed('word of held-out pairs obeyed, all attributes', asked, answers, { atLeast: 0.85 }),
      ],
    }),
  };
};

function stateOne(plan: Plan, heldOut: boolean, first: number, each: number): Asked[] {
  return explicitPrompts()
    .filter((prompt) => prompt.heldOut === heldOut && prompt.occupation !== 'person')
    .map(({ prompt, attribute, value }, i) => ({
      attribute,
      value,
      jobs: draws(plan, prompt, first + i * 100, each),
    }));
}

function draws({ settings }: Plan, prompt: string, first: number, each: number): readonly DrawJob[] {
  return inChunks(first, each, 40, (seeds) => ({ kind: 'draw', prompt, seeds, settings }));
}

const jobsOf = (asked: readonly Asked[]): Part['jobs'] => asked.flatMap(({ jobs }) => jobs);

function byAttribute(
  asked: readonly Asked[],
  answers: Answers,
  which: string,
  least: Readonly<Record<string, number>>,
): Measurement[] {
  return Object.entries(least).map(([id, atLeast]) =>
    obeyed(
      `${id} word${which} obeyed`,
      asked.filter(({ attribute }) => attribute === id),
      answers,
      { atLeast },
    ),
  );
}

function obeyed(name: string, asked: readonly Asked[], answers: Answers, aim: Aim | undefined): Measurement {
  const hits = asked.flatMap(({ attribute, value, jobs }) =>
    answers.read(jobs).map(everybodyIs(attribute, value)),
  );
  return shareOfHits(name, hits, aim);
}
