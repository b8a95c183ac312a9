import { Accordion, Button, CopyButton } from '@mantine/core';
import { duration, percent } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { deltaLabel } from '../deltas/offered';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { metadataOf } from '../image/metadata';
import type { RunHeader, Shot } from '../run/runStore';
import { useModel } from '../StudioContext';
import { titleOfVariant } from '../variants';
import classes from './ImageFacts.module.css';
import { PersonReadings } from './PersonReadings';
import { valuesText } from './RegionOverlay';
import { Replay } from './Replay';

/** What is known of one image, from what was read on it down to the JSON inside its file. */
export function ImageFacts({ header, shot }: { readonly header: RunHeader; readonly shot: Shot }) {
  const { png: _png, ...facts } = shot;
  const metadata = metadataOf(header, facts);
  const json = JSON.stringify(metadata, null, 2);
  const did = didRows(shot, header);
  return (
    <div className={classes.facts}>
      <PersonReadings people={shot.people} attributes={header.attributes} />
      <div className={classes.actions}>
        {shot.png && (
          <Button
            component="a"
            href={shot.png.url}
            download={fileName(header, shot)}
            variant="default"
            leftSection={<Icon name="download" />}
            data-testid="download"
          >
            Download
          </Button>
        )}
        <Replay key={`${shot.laneId}/${shot.index}`} laneId={shot.laneId} index={shot.index} />
      </div>
      <Accordion variant="separated" radius="md" multiple defaultValue={['did']}>
        {did.length > 0 && (
          <Accordion.Item value="did">
            <Accordion.Control>What the method did</Accordion.Control>
            <Accordion.Panel>
              <FactList rows={did} testId="method-did" />
            </Accordion.Panel>
          </Accordion.Item>
        )}
        <Accordion.Item value="made">
          <Accordion.Control>How it was made</Accordion.Control>
          <Accordion.Panel>
            <Facts shot={shot} header={header} />
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="json">
          <Accordion.Control>Metadata inside the file</Accordion.Control>
          <Accordion.Panel>
            <CopyButton value={json}>
              {({ copied, copy }) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  mb="xs"
                  leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
                  onClick={copy}
                >
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable regions must be reachable (axe scrollable-region-focusable) */}
            <pre className={classes.json} tabIndex={0} data-testid="metadata-json">
              {json}
            </pre>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </div>
  );
}

type Row = readonly [name: string, value: string];

/** What the method says of itself on this image: its trace. */
function didRows({ trace }: Shot, { request, attributes }: RunHeader): readonly Row[] {
  const titleOf = (attribute: string, value: string) => {
    const info = attributes.find(({ id }) => id === attribute);
    return info?.values.find(({ id }) => id === value)?.title ?? value;
  };
  return [
    ...(trace.prompt && trace.prompt !== request.prompt
      ? [['Prompt as encoded', trace.prompt] as const]
      : []),
    ...Object.entries(trace.assigned ?? {}).map(
      ([attribute, value]) => [`Asked for, ${attribute}`, titleOf(attribute, value)] as const,
    ),
    ...(trace.regions ?? []).map((region) => {
      const votes = region.votes === undefined ? '' : `, ${percent(region.votes)} of the layers’ votes`;
      return [
        capital(region.name),
        `asked for ${valuesText(region, attributes) || 'nothing'}${votes}`,
      ] as const;
    }),
    ...Object.entries(trace.notes ?? {}).map(
      ([name, note]) => [capital(name), typeof note === 'number' ? shortNumber(note) : note] as const,
    ),
  ];
}

/** Of what is next to nothing one digit says enough. */
const shortNumber = (value: number): string =>
  String(Number(value.toPrecision(Math.abs(value) < 1e-3 ? 1 : 4)));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function Facts({ shot, header }: { readonly shot: Shot; readonly header: RunHeader }) {
  const { milliseconds, seed, width, height } = shot;
  const lane = header.request.lanes.find(({ id }) => id === shot.laneId);
  const offered = useOfferedDeltas() ?? [];
  const variant = titleOfVariant(useModel(), header.request.variant);
  const rows: readonly Row[] = [
    ['Prompt', header.request.prompt],
    ['Method', lane?.method ?? '–'],
    ...(lane?.delta ? [['Trained variant', deltaLabel(lane.delta, offered)] as const] : []),
    ['Seed', String(seed)],
    ['Size', `${width} × ${height}`],
    ['Time', `${duration(milliseconds)} of its batch`],
    ['Model', `${header.model.title}, ${header.model.hash.slice(0, 12)}`],
    ...(variant === null ? [] : [['Variant', variant] as const]),
    ['Drawn on', header.backend],
  ];
  return <FactList rows={rows} />;
}

function FactList({ rows, testId }: { readonly rows: readonly Row[]; readonly testId?: string }) {
  return (
    <dl className={classes.list} data-testid={testId}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function fileName({ request }: RunHeader, { laneId, seed }: Shot): string {
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40);
  const lane = request.lanes.find(({ id }) => id === laneId)?.name ?? laneId;
  return `evenhand-${slug(request.prompt)}-${slug(lane)}-${seed}.png`;
}
