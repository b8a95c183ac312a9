import { Button, Kbd, Progress, Text, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../workers/protocol';
import { createPrng } from '../core/rng';
import { useStudio } from '../studio/StudioContext';
import { Icon } from '../ui/icons';
import classes from './Labels.module.css';
import { type Labelled, type Thing, UNCLEAR } from './labels';

/** One person after another, in an order of chance over all lanes: whoever labels sees neither method nor reading. */
export function Labelling({ header, things, attributes }: Labelled) {
  const { labels: store } = useStudio();
  const rater = useStore(store, (state) => state.rater);
  const own = useStore(store, (state) => state.labels[state.rater]);
  const order = useMemo(() => shuffled(things, `${header.id} ${rater}`), [things, header.id, rater]);
  const firstOpen = () =>
    Math.max(
      0,
      order.findIndex(({ key }) => !isDone(own?.[key], attributes)),
    );
  const [at, setAt] = useState(firstOpen);
  const [active, setActive] = useState(0);
  const done = order.filter(({ key }) => isDone(own?.[key], attributes)).length;
  // Another rater begins where that one stopped.
  // biome-ignore lint/correctness/useExhaustiveDependencies: not at every label, which would leave no time to look at it
  useEffect(() => {
    setAt(firstOpen());
    setActive(0);
  }, [rater, order]);

  const thing = order[Math.min(at, order.length - 1)];
  const attribute = attributes[active];
  const go = (by: number) => {
    setAt((now) => Math.min(order.length - 1, Math.max(0, now + by)));
    setActive(0);
  };
  const say = (value: string) => {
    if (!thing || !attribute || rater === '') return;
    store.getState().label(thing.key, attribute.id, value);
    if (active + 1 < attributes.length) setActive(active + 1);
    else if (at + 1 < order.length) go(1);
  };
  const back = () => {
    if (!thing) return;
    if (active > 0) {
      store.getState().label(thing.key, attributes[active - 1]!.id, null);
      setActive(active - 1);
    } else if (at > 0) {
      setAt(at - 1);
      setActive(attributes.length - 1);
    }
  };
  const choices = attribute ? choicesOf(attribute) : [];
  useHotkeys([
    ...choices.map(({ id }, k) => [String(k + 1), () => say(id)] as [string, () => void]),
    ['Backspace', back],
    ['ArrowLeft', () => go(-1)],
    ['ArrowRight', () => go(1)],
  ]);

  if (!thing || !attribute) return <Text size="sm">There is no finished picture to label yet.</Text>;
  return (
    <div className={classes.labelling}>
      <div className={classes.left}>
        <Person thing={thing} />
        <div className={classes.row}>
          <Button
            size="compact-sm"
            variant="default"
            disabled={at === 0}
            onClick={() => go(-1)}
            leftSection={<Icon name="previous" size={14} />}
          >
            Before
          </Button>
          <span className="tabular" data-testid="labels-place">
            Person {at + 1} of {order.length}
          </span>
          <Button
            size="compact-sm"
            variant="default"
            disabled={at === order.length - 1}
            onClick={() => go(1)}
            rightSection={<Icon name="next" size={14} />}
          >
            Next
          </Button>
        </div>
      </div>
      <div className={classes.right}>
        <TextInput
          label="Who labels"
          description="A name or a letter; it stands in the file beside every label."
          value={rater}
          maxLength={60}
          onChange={(event) => store.getState().setRater(event.currentTarget.value.replace(/^\s+|__/g, ''))}
          onBlur={() => store.getState().setRater(rater.trim())}
          data-testid="labels-rater"
        />
        {attributes.map((one, k) => {
          const said = own?.[thing.key]?.[one.id];
          return (
            <div key={one.id} className={classes.attribute} data-active={k === active || undefined}>
              <span id={`label-${one.id}`}>{one.title}</span>
              <div role="radiogroup" aria-labelledby={`label-${one.id}`} className={classes.values}>
                {choicesOf(one).map(({ id, title }, v) => (
                  <Button
                    key={id}
                    size="compact-sm"
                    role="radio"
                    aria-checked={said === id}
                    variant={said === id ? 'filled' : 'default'}
                    disabled={rater === ''}
                    onClick={() => {
                      store.getState().label(thing.key, one.id, said === id ? null : id);
                      setActive(Math.min(k + 1, attributes.length - 1));
                    }}
                    data-testid={`label-${one.id}-${id}`}
                  >
                    {k === active && <span className={classes.key}>{v + 1}</span>} {title}
                  </Button>
                ))}
              </div>
            </div>
          );
        })}
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {rater === ''
              ? 'Say who labels, then begin.'
              : `${rater} has labelled ${done} of ${order.length} persons. Lanes and readings stay hidden here.`}
          </Text>
          <Progress value={(100 * done) / order.length} size="sm" aria-label="Persons labelled" />
        </div>
        <Text size="xs" c="dimmed" className={classes.keys}>
          <Kbd size="xs">1</Kbd>–<Kbd size="xs">{choices.length}</Kbd> a value, <Kbd size="xs">⌫</Kbd> takes
          the last one back, <Kbd size="xs">←</Kbd> <Kbd size="xs">→</Kbd> person
        </Text>
      </div>
    </div>
  );
}

function Person({ thing: { url, width, height, box } }: { readonly thing: Thing }) {
  return (
    <div className={classes.picture}>
      {url && <img src={url} alt="The person to label, framed" />}
      {box && (
        <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {[classes.under, classes.box].map((layer) => (
            <rect
              key={layer}
              x={box[0]}
              y={box[1]}
              width={box[2]}
              height={box[3]}
              rx={width / 40}
              className={layer}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

const choicesOf = ({ values }: AttributeInfo): AttributeInfo['values'] => [
  ...values,
  { id: UNCLEAR, title: 'cannot tell' },
];

const isDone = (
  said: Readonly<Record<string, string>> | undefined,
  attributes: readonly AttributeInfo[],
): boolean => attributes.every(({ id }) => said?.[id] !== undefined);

/** An order that is the same for the same words. */
function shuffled<T>(items: readonly T[], words: string): T[] {
  let hash = 2166136261;
  for (const c of words) hash = Math.imul(hash ^ c.codePointAt(0)!, 16777619) >>> 0;
  return createPrng(hash).shuffle([...items]);
}
