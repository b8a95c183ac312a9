/** Puts the layers of one person together, in local coordinates (head centre at 0, 0). */
import type { Person } from '../types';
import { clothes } from './clothes';
import { coverBack, coverFront } from './cover';
import { brows, earrings, eyes, glasses, mouth, nose } from './features';
import { facialHair, hairBack, hairFront } from './hair';
import { hat } from './hats';
import { ageMarks, head, neck } from './head';
import { at, COVER_COLOURS, FRAME_COLOURS, HAIR, skinOf } from './palette';
import { cuesOf } from './presentation';
import { prop } from './props';
import { d, group, move, type Svg } from './svg';

/** Where the held object goes: beside the head when there is room, before the body in a group. */
export interface PropPlace {
  readonly x: number;
  readonly y: number;
}

/** The layers from back to front, named so that tests can compare them one by one. */
export interface Layers {
  readonly behind: Svg;
  readonly body: Svg;
  readonly face: Svg;
  readonly hair: Svg;
  readonly cover: Svg;
  readonly hat: Svg;
  readonly glasses: Svg;
  readonly earrings: Svg;
  readonly prop: Svg;
}

export function layersOf(person: Person): Layers {
  const { jitter } = person;
  const skin = skinOf(person.tone);
  const cues = cuesOf(person);
  const hair = HAIR[person.hairColour];
  const covered = person.cover !== 'none';
  const coverColour = at(COVER_COLOURS, jitter.coverColour);
  return {
    behind: covered ? coverBack(person.cover, coverColour) : hairBack(person.hair, hair),
    body: neck(skin) + clothes(person.occupation, jitter.clothesTint, jitter.top),
    face:
      head(cues, skin) +
      facialHair(person.facialHair, hair, cues, skin) +
      ageMarks(person.age, skin) +
      brows(person.age, person.hairColour, cues, skin) +
      eyes(person.age, person.eyes, cues, skin) +
      nose(person.age, skin) +
      mouth(person.expression, cues, skin),
    hair: covered ? '' : hairFront(person.hair, hair),
    cover: coverFront(person.cover, coverColour),
    hat: hat(person.occupation, person.cover),
    glasses: person.glasses === 'yes' ? glasses(jitter.frame, at(FRAME_COLOURS, jitter.frame)) : '',
    earrings: person.earrings && person.cover !== 'hijab' ? earrings() : '',
    prop: prop(person.occupation, skin.base, skin.edge),
  };
}

export function drawPerson(person: Person, place: PropPlace): Svg {
  const layers = layersOf(person);
  const { lean, tilt, mirror } = person.jitter;
  const pose = d`translate(${lean} 0) rotate(${tilt} 0 8)`;
  const onHead = (content: Svg): Svg => (content === '' ? '' : group(pose, content));
  return (
    onHead(layers.behind) +
    layers.body +
    onHead(layers.face + layers.earrings + layers.hair + layers.cover + layers.hat + layers.glasses) +
    (layers.prop === '' ? '' : group(move(mirror ? -place.x : place.x, place.y), layers.prop))
  );
}
