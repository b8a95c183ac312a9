import { measure, percent } from '../ui/format';
import classes from './ModelDrawer.module.css';
import type { Geometry } from './modelFacts';

/** How the text encoder lays out its prompts: what a method that edits text in closed form stands on. */
export function TextGeometry({ geometry }: { readonly geometry: Geometry }) {
  const { nurseFemaleCentred: female, nurseMaleCentred: male } = geometry;
  return (
    <section data-testid="text-geometry">
      <h3>How its text is laid out</h3>
      <p className={classes.lead}>
        Each prompt ends in a row of numbers that stands for all of it. Methods that edit the text in closed
        form rely on how these rows lie to each other.
      </p>
      <dl className={`${classes.facts} tabular`}>
        <div>
          <dt>Length</dt>
          <dd>
            {measure(geometry.eosNormMean)} on average, varying by {measure(geometry.eosNormStd)}
          </dd>
        </div>
        <div>
          <dt>In common</dt>
          <dd>
            {percent(geometry.commonShare)} of that length is the same in every prompt; centred means without
            it
          </dd>
        </div>
      </dl>
      <table className={`${classes.plain} tabular`}>
        <thead>
          <tr>
            <th scope="col">Cosine with “a nurse”</th>
            <th scope="col">raw</th>
            <th scope="col">centred</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">“a female nurse”</th>
            <td>{cosine(geometry.nurseFemale)}</td>
            <td>{cosine(female)}</td>
          </tr>
          <tr>
            <th scope="row">“a male nurse”</th>
            <td>{cosine(geometry.nurseMale)}</td>
            <td>{cosine(male)}</td>
          </tr>
        </tbody>
      </table>
      <p className={classes.lead}>
        Centred, “a nurse” lies nearer to “a {female > male ? 'female' : 'male'} nurse”.
      </p>
    </section>
  );
}

const cosine = (value: number): string => value.toFixed(3);
