import { Alert, Button, Modal, Progress, SegmentedControl, Slider, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { PAIRS } from '../../workers/laboratory/digits';
import { STEPS } from '../../workers/laboratory/types';
import { openKeep } from '../studio/keep/database';
import { MemoryKeep } from '../studio/keep/keep';
import { EvidenceBadge } from '../ui/EvidenceBadge';
import { percent, remaining, when } from '../ui/format';
import { Curves } from './Curves';
import classes from './Laboratory.module.css';
import { createLaboratoryStore, type KeptTraining, type LaboratoryView } from './laboratoryStore';
import { Pane } from './Pane';
import { spawnLaboratory } from './spawn';

const store = createLaboratoryStore(spawnLaboratory);
const CITATION =
  'Huang et al., Debiasing Diffusion Model, arXiv 2503.12536, 2025; loss and indicator as in the official code. Ours: the network, the data, the length.';

/** A denoiser that learns an imbalanced world while one looks on, with and without DDM's indicator. */
export default function LaboratoryModal({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const phone = useMediaQuery('(max-width: 40em)');
  const view = useStore(store);
  useEffect(() => {
    openKeep<KeptTraining>('evenhand-laboratory')
      .then((keep) => store.getState().use(keep, true))
      .catch(() => store.getState().use(new MemoryKeep(), false));
  }, []);
  const close = () => {
    void view.pause();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="min(1180px, 95vw)"
      fullScreen={phone}
      padding={phone ? 'sm' : 'lg'}
      title="Laboratory: how an imbalance becomes a bias"
      closeButtonProps={{ 'aria-label': 'Close the laboratory' }}
    >
      <div className={classes.room} data-testid="laboratory">
        <Text size="sm" c="dimmed">
          Two small networks learn to draw handwritten digits, on this device, from the same pictures in the
          same order. One digit is shown to them more often. The left one only learns to draw; the right one
          has DDM’s indicator beside it, a second network that guesses the digit from the noise that the first
          one predicts.
        </Text>
        {view.problem && (
          <Alert color="red" title={view.problem.message} role="alert" data-testid="laboratory-problem">
            {view.problem.nextStep}
          </Alert>
        )}
        {view.phase === 'idle' ? <Settings view={view} /> : <Running view={view} />}
      </div>
    </Modal>
  );
}

function Settings({ view }: { readonly view: LaboratoryView }) {
  const { settings, change, kept } = view;
  const [first, second] = PAIRS[settings.pair]!;
  return (
    <div className={classes.settings}>
      <div className={classes.field}>
        <span className={classes.label}>Digits</span>
        <SegmentedControl
          value={String(settings.pair)}
          onChange={(pair) => change({ pair: Number(pair) })}
          data={PAIRS.map(([a, b], i) => ({ value: String(i), label: `${a} and ${b}` }))}
          aria-label="Digits"
        />
      </div>
      <div className={classes.field}>
        <span className={classes.label}>
          Shown to them: {percent(settings.share)} {first}, {percent(1 - settings.share)} {second}
        </span>
        <Slider
          value={Math.round(100 * settings.share)}
          onChange={(share) => change({ share: share / 100 })}
          min={50}
          max={99}
          label={(value) => `${value} % ${first}`}
          marks={[{ value: 50 }, { value: 75 }, { value: 90 }]}
          thumbLabel={`Share of the digit ${first}, percent`}
        />
      </div>
      <div className={classes.field}>
        <span className={classes.label}>Weight of the indicator (alpha): {settings.alpha}</span>
        <Slider
          value={settings.alpha}
          onChange={(alpha) => change({ alpha })}
          min={0.005}
          max={0.5}
          step={0.005}
          label={(value) => value.toFixed(3)}
          thumbLabel="Weight of the indicator, alpha"
        />
      </div>
      <div className={classes.field}>
        <span className={classes.label}>
          What the indicator is for{' '}
          <EvidenceBadge evidence={settings.form === 'ddm' ? 'after' : 'ours'} citation={CITATION} />
        </span>
        <SegmentedControl
          value={settings.form}
          onChange={(form) => change({ form: form as typeof settings.form })}
          data={[
            { value: 'ddm', label: 'Told apart (DDM)' },
            { value: 'ddm-adv', label: 'Hidden (adversarial)' },
          ]}
          aria-label="What the indicator is for"
        />
        <Text size="xs" c="dimmed">
          {settings.form === 'ddm'
            ? 'As published: the denoiser helps the indicator to tell the digits apart.'
            : 'Ours: the sign turned, so that the denoiser hides the digit from the indicator.'}
        </Text>
      </div>
      <div className={classes.actions}>
        <Button onClick={() => void view.start()} data-testid="laboratory-start">
          Start training
        </Button>
        {kept && (
          <>
            <Button variant="default" onClick={() => void view.takeUp()} data-testid="laboratory-take-up">
              Go on with the training of {when(kept.createdAt)} (step {kept.step})
            </Button>
            <Button
              variant="subtle"
              color="gray"
              onClick={() => void view.forget()}
              data-testid="laboratory-forget"
            >
              Forget it
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function Running({ view }: { readonly view: LaboratoryView }) {
  const { phase, step, settings, millisecondsPerStep, looks, shares, lasting } = view;
  const [first, second] = PAIRS[settings.pair]!;
  const left =
    millisecondsPerStep === null ? '' : `, ${remaining((STEPS - step) * millisecondsPerStep)} left`;
  return (
    <>
      <div className={classes.bar}>
        <div className={classes.progress}>
          <Progress value={(100 * step) / STEPS} aria-label="Training" />
          <Text size="sm" c="dimmed" className="tabular" data-testid="laboratory-step">
            {phase === 'opening'
              ? 'Getting ready'
              : `Step ${step} of ${STEPS}${phase === 'running' ? left : phase === 'done' ? ', done' : ', paused'}`}
          </Text>
        </div>
        <div className={classes.actions}>
          {phase === 'running' ? (
            <Button variant="default" onClick={() => void view.pause()} data-testid="laboratory-pause">
              Pause
            </Button>
          ) : (
            phase === 'paused' && (
              <Button onClick={() => void view.resume()} data-testid="laboratory-resume">
                Go on
              </Button>
            )
          )}
          <Button
            variant="subtle"
            color="gray"
            onClick={() => void view.reset()}
            data-testid="laboratory-reset"
          >
            New training
          </Button>
        </div>
      </div>
      <Text size="xs" c="dimmed">
        Shown to both: {percent(settings.share)} {first}, {percent(1 - settings.share)} {second}. Alpha{' '}
        {settings.alpha}, {settings.form === 'ddm' ? 'as published' : 'adversarial (ours)'}.{' '}
        {lasting
          ? 'Kept in this browser every 20 s and at a pause.'
          : 'This browser keeps nothing here: it ends with the tab.'}
      </Text>
      <div className={classes.panes}>
        <Pane
          title="Without an indicator"
          look={looks?.[0]}
          last={shares.at(-1)?.looks[0]}
          digits={[first, second]}
        />
        <Pane
          title={`With DDM’s indicator${settings.form === 'ddm' ? '' : ', adversarial'}`}
          look={looks?.[1]}
          last={shares.at(-1)?.looks[1]}
          digits={[first, second]}
        />
      </div>
      {shares.length > 0 && <Curves view={view} digits={[first, second]} />}
    </>
  );
}
