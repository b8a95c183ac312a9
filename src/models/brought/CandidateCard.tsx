import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { deviceWords, type Fit, fitOf } from '../../../workers/device/fit';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/icons';
import classes from './Brought.module.css';
import type { Candidate } from './broughtStore';
import { useBrought } from './useBrought';

/** A model that was read: what it needs, what this device has, and the ways to open it. */
export function CandidateCard({ candidate }: { readonly candidate: Candidate }) {
  const store = useBrought();
  const doing = useStore(store, (state) => state.doing);
  const { model, device, fit } = candidate;
  const onCpu = fitOf(model.needs, device, 'wasm');
  const canSwitch = fit.backend === 'webgpu' && onCpu.possible;
  const { latent } = model.needs;
  return (
    <div className={classes.card} data-testid="candidate" ref={intoView}>
      <div>
        <div className={classes.title}>{model.place.name}</div>
        <p className={classes.says}>
          {bytes(model.totalBytes)} in {model.place.files.length} files
          {latent && `, latent ${latent[0]} × ${latent[1]}`}
        </p>
      </div>
      <p className={classes.says} data-testid="device-words">
        {deviceWords(device)}
      </p>
      <FitLines fit={fit} />
      <div className={classes.row}>
        <Button
          size="sm"
          disabled={!fit.possible || doing !== null}
          onClick={() => void store.getState().open(fit.backend === 'wasm' ? 'wasm' : 'webgpu')}
          data-testid="candidate-open"
        >
          {fit.backend === 'wasm' ? 'Open on the CPU' : 'Open on the graphics device'}
        </Button>
        {canSwitch && (
          <Button
            size="sm"
            variant="default"
            disabled={doing !== null}
            onClick={() => void store.getState().open('wasm')}
          >
            Open on the CPU instead
          </Button>
        )}
        <Button size="sm" variant="subtle" color="gray" onClick={() => store.getState().dismiss()}>
          Not now
        </Button>
      </div>
    </div>
  );
}

/** It stands above what was pressed, which may be far down. */
export const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });

const ICONS = { good: 'check', warning: 'warning', bad: 'warning' } as const;

function FitLines({ fit }: { readonly fit: Fit }) {
  return (
    <ul className={classes.lines} data-testid="fit">
      {fit.lines.map(({ verdict, text }) => (
        <li key={text} data-verdict={verdict}>
          <Icon name={ICONS[verdict]} size={16} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
