/** The renderer's entry: a picture as an SVG document of 128 x 128 pixels. */
import { placesOf } from '../layout';
import { createRng } from '../rng';
import { CANVAS, type Picture } from '../types';
import { drawPerson } from './person';
import { scene } from './scenes';
import { d, group, type Svg } from './svg';

/** @returns an SVG string. The same picture gives the same string. @throws RangeError unless there are 1 to 4 people. */
export function drawPicture(picture: Picture): Svg {
  const places = placesOf(picture);
  // Who stands lower stands nearer, and is drawn later.
  const order = places.map((_, i) => i).sort((a, b) => (places[a]?.y ?? 0) - (places[b]?.y ?? 0));
  const people = order.map((i) => {
    const place = places[i];
    const person = picture.people[i];
    if (place === undefined || person === undefined) return '';
    const transform = d`translate(${place.x} ${place.y}) scale(${place.scale})`;
    return group(transform, drawPerson(person, place.prop));
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CANVAS} ${CANVAS}" width="${CANVAS}" height="${CANVAS}">` +
    `${scene(picture.scene, createRng(picture.seed, 2))}${people.join('')}</svg>`
  );
}
