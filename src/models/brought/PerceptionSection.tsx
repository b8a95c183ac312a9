import { Button, Text } from '@mantine/core';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../../workers/protocol';
import { wilson } from '../../core/metrics';
import { useModel } from '../../studio/StudioContext';
import { percent } from '../../ui/format';
import { ScrollRegion } from '../../ui/ScrollRegion';
import classes from './Brought.module.css';
import { useBrought } from './useBrought';

/** Who reads the pictures: what the model brings itself, or a perception pack, with what it says of itself. */
export function PerceptionSection() {
  const store = useBrought();
  const model = useModel();
  const doing = useStore(store, (state) => state.doing);
  if (!model) return null;
  const { perception, attributes } = model;
  const none = attributes.length === 0;
  return (
    <section data-testid="perception-section">
      <h3>What reads the pictures</h3>
      <div className={classes.row}>
        <Text size="sm" data-testid="perception-now">
          {perception
            ? perception.title
            : none
              ? 'Nothing: this model brings no reader'
              : 'The model’s own reader'}
        </Text>
        {perception && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={doing !== null}
            onClick={() => void store.getState().dropPack()}
            data-testid="perception-drop"
          >
            Let it go
          </Button>
        )}
      </div>
      {perception ? (
        <>
          <dl className={classes.facts}>
            <dt>Licence</dt>
            <dd>{perception.licence}</dd>
            <dt>Trained on</dt>
            <dd>{perception.trainedOn}</dd>
            {perception.limits.length > 0 && (
              <>
                <dt>Limits</dt>
                <dd>{perception.limits.join(' ')}</dd>
              </>
            )}
          </dl>
          <KnownErrors attributes={attributes} />
        </>
      ) : (
        <p className={classes.says}>
          {none
            ? 'Without one there are pictures but no charts. Choose the folder of a perception pack below, or label pictures by hand.'
            : 'Another one can take its place: a perception pack is a folder with a pack.json (any CLIP export becomes one in a few lines).'}
        </p>
      )}
    </section>
  );
}

/** How often each attribute is read right, where the pack says so. */
function KnownErrors({ attributes }: { readonly attributes: readonly AttributeInfo[] }) {
  return (
    <ScrollRegion label="How often each attribute is read right" className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Reads</th>
            <th scope="col">Right</th>
            <th scope="col">Of</th>
          </tr>
        </thead>
        <tbody>
          {attributes.map(({ id, title, error }) => {
            const n = error?.confusion.flat().reduce((sum, count) => sum + count, 0) ?? 0;
            const right = error?.confusion.reduce((sum, row, k) => sum + row[k]!, 0) ?? 0;
            const { low, high } = wilson(right, n);
            return (
              <tr key={id}>
                <th scope="row">{title}</th>
                <td className="tabular">
                  {n > 0 ? `${percent(right / n)} (${percent(low)} to ${percent(high)})` : 'not measured'}
                </td>
                <td>{n > 0 ? `${n}, ${error?.on}` : 'Shares are shown as read, its error unknown.'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
