import { Button, Switch, Text } from '@mantine/core';
import { useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../workers/protocol';
import { type Agreement, wilson } from '../core/metrics';
import { useStudio } from '../studio/StudioContext';
import { measure, percent, plural } from '../ui/format';
import { Icon } from '../ui/icons';
import { ScrollRegion } from '../ui/ScrollRegion';
import { saveFile } from '../ui/saveFile';
import classes from './Labels.module.css';
import {
  errorOf,
  type Labelled,
  type LabelledAttribute,
  LEAST_OF_A_VALUE,
  readCsv,
  studyLabels,
  writeCsv,
} from './labels';

/** What the labels say: shares lane by lane, how far raters agree, how the reader errs, and files in and out. */
export function AgreementView({ header, things, attributes }: Labelled) {
  const { labels: store } = useStudio();
  const labels = useStore(store, (state) => state.labels);
  const errors = useStore(store, (state) => state.errors);
  const studies = useMemo(() => studyLabels(attributes, things, labels), [attributes, things, labels]);
  const usable = useMemo(() => {
    const found = studies.map((study) => [study.attribute.id, errorOf(study)] as const);
    return Object.fromEntries(found.flatMap(([id, error]) => (error ? [[id, error]] : [])));
  }, [studies]);
  const some = Object.keys(labels).length > 0;
  const applied = Object.keys(errors).length > 0;
  return (
    <div className={classes.agreement}>
      <Files header={header} things={things} attributes={attributes} />
      {some ? (
        <>
          {header.attributes.length > 0 && (
            <Switch
              label="Correct the charts of this run by these labels"
              description={
                Object.keys(usable).length > 0
                  ? `For ${Object.keys(usable).join(', ')}: at least ${LEAST_OF_A_VALUE} persons of every value are labelled and read.`
                  : `Needs at least ${LEAST_OF_A_VALUE} persons of every value, labelled by hand and read clearly, and a reader that tells the values apart.`
              }
              checked={applied}
              disabled={!applied && Object.keys(usable).length === 0}
              onChange={(event) => store.getState().correctBy(event.currentTarget.checked ? usable : {})}
              data-testid="labels-correct"
            />
          )}
          {studies
            .filter(({ labelled }) => labelled > 0)
            .map((study) => (
              <Study
                key={study.attribute.id}
                study={study}
                lanes={header.request.lanes.map((lane) => {
                  const own = things.filter(({ laneId }) => laneId === lane.id);
                  return { name: lane.name, counts: studyLabels([study.attribute], own, labels)[0]!.counts };
                })}
              />
            ))}
        </>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing is labelled yet. Label here, or open a file that somebody else has made: with two raters or
          more their agreement is shown, and what most of them say is held against the reader.
        </Text>
      )}
    </div>
  );
}

function Files({ header, things, attributes }: Labelled) {
  const { labels: store, notices } = useStudio();
  const input = useRef<HTMLInputElement>(null);
  const labels = useStore(store, (state) => state.labels);
  const rater = useStore(store, (state) => state.rater);
  const lasting = useStore(store, (state) => state.lasting);
  const save = () =>
    saveFile(`labels-${header.id}.csv`, new TextEncoder().encode(writeCsv(header.id, things, labels)));
  const take = async (file: File) => {
    try {
      const more = readCsv(await file.text(), header.id, things, attributes);
      store.getState().fail(null);
      store.getState().join(more);
    } catch (error) {
      store.getState().fail(error);
    }
  };
  const clear = () => {
    const before = store.getState().labels;
    store.getState().clear();
    notices.getState().show({
      place: 'toast',
      tone: 'plain',
      text: `Deleted what ${rater} had labelled.`,
      action: { label: 'Undo', run: () => store.getState().join(before) },
    });
  };
  return (
    <div>
      <div className={classes.row}>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,text/csv"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void take(file).finally(() => (currentTarget.value = ''));
          }}
          data-testid="labels-input"
        />
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => input.current?.click()}
          data-testid="labels-open"
        >
          Open labels (CSV)
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          disabled={Object.keys(labels).length === 0}
          onClick={save}
          data-testid="labels-save"
        >
          Save labels (CSV)
        </Button>
        {labels[rater] && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={clear}>
            Delete those of {rater}
          </Button>
        )}
      </div>
      {!lasting && (
        <Text size="xs" c="dimmed" mt={4}>
          This browser keeps nothing here: save the labels before you close the tab.
        </Text>
      )}
    </div>
  );
}

function Study({
  study: { attribute, labelled, betweenRaters, withReader, confusion },
  lanes,
}: {
  readonly study: LabelledAttribute;
  readonly lanes: readonly { readonly name: string; readonly counts: readonly number[] }[];
}) {
  const { values } = attribute;
  const read = confusion.flat().reduce((sum, count) => sum + count, 0);
  return (
    <section className={classes.study} data-testid={`labels-study-${attribute.id}`}>
      <h3>
        {attribute.title} <small>{plural(labelled, 'person', 'persons')} labelled</small>
      </h3>
      <p>
        {betweenRaters
          ? `${betweenRaters.raters} raters agree on ${percent(betweenRaters.observed)} of ${betweenRaters.n}: ${kappaOf(betweenRaters, betweenRaters.raters === 2 ? 'Cohen' : 'Fleiss')}.`
          : 'One rater, or none who labelled the same persons: how far people agree is not known.'}{' '}
        {withReader &&
          `The reader agrees with them on ${percent(withReader.observed)} of ${withReader.n}: ${kappaOf(withReader, 'Cohen')}.`}
      </p>
      <ScrollRegion label={`Shares of ${attribute.title} by hand`} className={classes.scroll}>
        <table className={`${classes.table} tabular`}>
          <caption>By hand, share and 95 % interval</caption>
          <thead>
            <tr>
              <th scope="col">Lane</th>
              <ValueHeads attribute={attribute} />
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {lanes.map(({ name, counts }) => {
              const n = counts.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {counts.map((count, k) => (
                    <td key={values[k]!.id}>{shareOf(count, n)}</td>
                  ))}
                  <td>{n}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
      {read > 0 && (
        <ScrollRegion label={`How the reader errs on ${attribute.title}`} className={classes.scroll}>
          <table className={`${classes.table} tabular`}>
            <caption>Rows: by hand. Columns: as read. Persons.</caption>
            <thead>
              <tr>
                <td />
                <ValueHeads attribute={attribute} />
              </tr>
            </thead>
            <tbody>
              {confusion.map((row, k) => (
                <tr key={values[k]!.id}>
                  <th scope="row">{values[k]!.title}</th>
                  {row.map((count, j) => (
                    <td key={values[j]!.id} data-right={j === k || undefined}>
                      {count}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}

const ValueHeads = ({ attribute: { values } }: { readonly attribute: AttributeInfo }) =>
  values.map(({ id, title }) => (
    <th key={id} scope="col">
      {title}
    </th>
  ));

function shareOf(count: number, n: number): string {
  if (n === 0) return '–';
  const { low, high } = wilson(count, n);
  return `${percent(count / n)} (${percent(low)} to ${percent(high)})`;
}

function kappaOf({ kappa, interval }: Agreement, whose: string): string {
  if (kappa === undefined) return 'kappa is not defined, since all labels are the same';
  const span = interval ? ` (95 % ${measure(interval.low)} to ${measure(interval.high)})` : '';
  return `${whose}’s kappa ${measure(kappa)}${span}`;
}
