import { ActionIcon, NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../../ui/icons';
import type { RunHeader, Shot } from '../run/runStore';
import { useRun } from '../StudioContext';
import { type Heat, heatOf, stepAt, stepCount, tokenNamed } from './attention';
import { inspectionKey, inspectStore } from './inspectStore';
import { LaneCaption } from './LaneCaption';
import { Picture } from './Picture';
import { RegionOverlay } from './RegionOverlay';
import classes from './Stage.module.css';
import { type Side, StepByStep } from './StepByStep';
import { Swipe } from './Swipe';
import { type LinkedZoom, useLinkedZoom } from './useLinkedZoom';
import { type Look, useLook } from './useLook';

type View = 'one' | 'beside' | 'swipe';

const VIEWS: { value: View; label: string }[] = [
  { value: 'one', label: 'One' },
  { value: 'beside', label: 'Beside' },
  { value: 'swipe', label: 'Swipe' },
];

/** The picture, alone or with that of the same seed in another lane: base beside method, moved and zoomed together. */
export function Stage({
  header,
  shot,
  step,
}: {
  readonly header: RunHeader;
  readonly shot: Shot;
  readonly step: (by: -1 | 1) => void;
}) {
  const lanes = useRun((state) => state.lanes);
  const [heads, { toggle }] = useDisclosure(true);
  const [regions, { toggle: toggleRegions }] = useDisclosure(true);
  const zoom = useLinkedZoom();
  const look = useLook();
  const { lanes: requested } = header.request;
  const others = requested.filter(({ id }) => id !== shot.laneId && lanes[id]?.shots[shot.index]);
  const base = others.find(({ method }) => method === 'base');
  const [chosen, setChosen] = useState<string | null>(null);
  const other = others.find(({ id }) => id === chosen) ?? base ?? others[0];
  const [view, setView] = useState<View>(base ? 'beside' : 'one');
  const shown: View = other ? view : 'one';
  const sideOf = (laneId: string): Side => ({
    laneId,
    index: shot.index,
    name: requested.find(({ id }) => id === laneId)?.name ?? laneId,
    shot: lanes[laneId]?.shots[shot.index] ?? shot,
  });
  const own = sideOf(shot.laneId);
  // The base model stands on the left, whichever of the two was opened.
  const ownIsBase = requested.find(({ id }) => id === shot.laneId)?.method === 'base';
  const pair = other ? (ownIsBase ? [own, sideOf(other.id)] : [sideOf(other.id), own]) : [own];
  const sides = shown === 'one' ? [own] : pair;
  const [left, right] = pair;
  const hasRegions = sides.some((side) => (side.shot.trace.regions?.length ?? 0) > 0);
  return (
    <div className={classes.stage}>
      {shown === 'swipe' && left?.shot.png && right?.shot.png ? (
        <Swipe
          before={{ url: left.shot.png.url, name: left.name }}
          after={{ url: right.shot.png.url, name: right.name }}
        />
      ) : (
        <div className={classes.pictures} data-count={sides.length}>
          {sides.map((side) => (
            <SidePicture
              key={side.laneId}
              header={header}
              side={side}
              own={side.laneId === shot.laneId}
              heads={heads}
              regions={regions}
              zoom={zoom}
              look={look}
            />
          ))}
        </div>
      )}
      <div className={classes.tools}>
        <ActionIcon.Group>
          <Tool name="Previous image" icon="previous" onClick={() => step(-1)} testId="previous" />
          <Tool name="Next image" icon="next" onClick={() => step(1)} testId="next" />
        </ActionIcon.Group>
        {shown !== 'swipe' && (
          <ActionIcon.Group>
            <Tool
              name="Zoom out"
              icon="minus"
              onClick={() => zoom.by(1 / 1.5)}
              disabled={zoom.zoom.scale === 1}
            />
            <Tool name="Zoom in" icon="plus" onClick={() => zoom.by(1.5)} testId="zoom-in" />
          </ActionIcon.Group>
        )}
        <Switch
          label="Head boxes"
          checked={heads && shown !== 'swipe'}
          disabled={shown === 'swipe'}
          onChange={toggle}
          className={hasRegions ? (classes.switch ?? '') : (classes.grow ?? '')}
        />
        {hasRegions && (
          <Switch
            label="Regions"
            checked={regions && shown !== 'swipe'}
            disabled={shown === 'swipe'}
            onChange={toggleRegions}
            className={classes.grow ?? ''}
            data-testid="regions-switch"
          />
        )}
        {other && (
          <div className={classes.compare}>
            <SegmentedControl
              size="sm"
              data={VIEWS}
              value={shown}
              onChange={(value) => setView(value as View)}
              aria-label="How many pictures"
              data-testid="stage-view"
            />
            <NativeSelect
              aria-label="The same seed in another lane"
              value={other.id}
              disabled={shown === 'one'}
              onChange={(event) => setChosen(event.currentTarget.value)}
              data={others.map(({ id, name }) => ({ value: id, label: `with ${name}` }))}
              data-testid="compare-select"
            />
          </div>
        )}
      </div>
      {shown !== 'swipe' && <StepByStep sides={sides} look={look} />}
    </div>
  );
}

function SidePicture({
  header,
  side,
  own,
  heads,
  regions,
  zoom,
  look,
}: {
  readonly header: RunHeader;
  readonly side: Side;
  readonly own: boolean;
  readonly heads: boolean;
  readonly regions: boolean;
  readonly zoom: LinkedZoom;
  readonly look: Look;
}) {
  const inspection = useStore(inspectStore, (state) => state.known[inspectionKey(side)]);
  const data = inspection?.status === 'done' ? inspection.data : null;
  const step = data && stepAt(data, look.at ?? stepCount(data) - 1);
  const token = data && step && look.token !== null ? tokenNamed(data, step, look.token) : undefined;
  const heat: Heat | null = data && step && token ? heatOf(data, step, token, look.layer) : null;
  const found = side.shot.trace.regions ?? [];
  return (
    <Picture
      shot={side.shot}
      heads={heads && heat === null}
      guess={look.at === null ? null : (step?.preview ?? null)}
      heat={heat}
      over={
        regions &&
        heat === null &&
        found.length > 0 && <RegionOverlay regions={found} attributes={header.attributes} />
      }
      zoom={zoom}
      caption={<LaneCaption header={header} side={side} />}
      {...(own ? { testId: 'dialog-image' } : { testId: 'other-image' })}
    />
  );
}

function Tool({
  name,
  icon,
  onClick,
  disabled,
  testId,
}: {
  readonly name: string;
  readonly icon: 'previous' | 'next' | 'plus' | 'minus';
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly testId?: string;
}) {
  return (
    <ActionIcon
      variant="default"
      size="lg"
      onClick={onClick}
      disabled={disabled ?? false}
      aria-label={name}
      title={name}
      data-testid={testId}
    >
      <Icon name={icon} />
    </ActionIcon>
  );
}
