import { Button, Progress, Text } from '@mantine/core';
import { useStore } from 'zustand';
import { DeviceCheckLine } from '../../app/DeviceCheckLine';
import { useModel, useStudio } from '../../studio/StudioContext';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/icons';
import classes from './Brought.module.css';
import type { Doing } from './broughtStore';
import { CandidateCard, intoView } from './CandidateCard';
import { FolderSection } from './FolderSection';
import { HubSection } from './HubSection';
import { PerceptionSection } from './PerceptionSection';
import { StoredSection } from './StoredSection';
import { useBrought } from './useBrought';

/** Bring your own Stable Diffusion: from a folder, or from a hub. */
export function ModelsPanel() {
  const { doing, error, candidate } = useStore(useBrought());
  return (
    <div className={classes.panel} data-testid="models-panel">
      <LoadedSection />
      {error && (
        <div
          key={error.message}
          ref={intoView}
          className={classes.error}
          role="alert"
          data-testid="models-error"
        >
          <Icon name="warning" size={16} />
          <div>
            <strong>{error.message}</strong> {error.nextStep}
            {error.detail && (
              <details>
                <summary>Detail for a report</summary>
                <code>{error.detail}</code>
              </details>
            )}
          </div>
        </div>
      )}
      {doing && <DoingLine doing={doing} />}
      {candidate && <CandidateCard candidate={candidate} />}
      <PerceptionSection />
      <FolderSection />
      <HubSection />
      <StoredSection />
    </div>
  );
}

function LoadedSection() {
  const studio = useStudio();
  const store = useBrought();
  const model = useModel();
  const doing = useStore(store, (state) => state.doing);
  return (
    <section>
      <h3>Loaded now</h3>
      <div className={classes.row}>
        <Text size="sm" data-testid="loaded-model">
          {model ? model.title : 'No model'}
          {model && studio.embedded && ', the model that ships with this page'}
        </Text>
        {!studio.embedded && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={doing !== null}
            onClick={() => void store.getState().openEmbedded()}
            data-testid="open-embedded"
          >
            Back to the embedded model
          </Button>
        )}
      </div>
      {model?.backend.backend === 'webgpu' && <DeviceCheckLine />}
    </section>
  );
}

function DoingLine({ doing: { what, name, progress } }: { readonly doing: Doing }) {
  const store = useBrought();
  const { loadedBytes = 0, totalBytes = 0 } = progress ?? {};
  const words = { 'look-up': 'Looking up', read: 'Reading', open: 'Opening' } as const;
  return (
    <div data-testid="models-doing">
      <div className={classes.progressLine}>
        <span>
          {words[what]} {name}
          {progress && `: ${progress.file}`}
        </span>
        <span className="tabular">{totalBytes > 0 && `${bytes(loadedBytes)} of ${bytes(totalBytes)}`}</span>
      </div>
      <Progress
        mt={6}
        size="sm"
        animated={totalBytes === 0}
        value={totalBytes > 0 ? (100 * loadedBytes) / totalBytes : 100}
        aria-label="Model read"
      />
      {what === 'open' && (
        <Button
          mt={8}
          size="compact-sm"
          variant="default"
          onClick={() => store.getState().cancelOpening()}
          data-testid="open-stop"
        >
          Stop
        </Button>
      )}
    </div>
  );
}
