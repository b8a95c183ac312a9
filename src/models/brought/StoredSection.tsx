import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import type { StoredModel } from '../../../workers/models/types';
import { bytes } from '../../ui/format';
import classes from './Brought.module.css';
import { useBrought } from './useBrought';

/** What this browser keeps, how much that is, and how to be rid of it. */
export function StoredSection() {
  const store = useBrought();
  const { stored, quota } = useStore(store);
  return (
    <section data-testid="stored-models">
      <h3>Kept in this browser</h3>
      {stored?.length === 0 && <p className={classes.says}>No downloaded model.</p>}
      {stored?.map((model) => (
        <StoredCard key={model.id} model={model} />
      ))}
      {quota && (
        <div className={classes.row}>
          <span className={classes.says}>
            {bytes(quota.usage)} of {bytes(quota.quota)} are in use by this page, past runs included.{' '}
            {quota.persisted
              ? 'The browser keeps them until you delete them.'
              : 'When the disk gets full, the browser may delete them.'}
          </span>
          {!quota.persisted && (
            <Button size="compact-sm" variant="default" onClick={() => void store.getState().persist()}>
              Ask the browser to keep them
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function StoredCard({ model }: { readonly model: StoredModel }) {
  const store = useBrought();
  const { doing, download } = useStore(store);
  const { id, address, commit, heldBytes, totalBytes, complete } = model;
  const idle = doing === null && download === null;
  return (
    <div className={classes.card} data-testid="stored-model">
      <div>
        <div className={classes.title}>{address.repo}</div>
        <p className={classes.says}>
          Commit {commit.slice(0, 12)}
          {address.folder && `, folder ${address.folder}`},{' '}
          {complete ? bytes(totalBytes) : `${bytes(heldBytes)} of ${bytes(totalBytes)}`}
        </p>
      </div>
      <div className={classes.row}>
        {complete ? (
          <Button
            size="compact-sm"
            disabled={!idle}
            onClick={() => void store.getState().openStored(id)}
            data-testid="stored-open"
          >
            Open
          </Button>
        ) : (
          <Button
            size="compact-sm"
            disabled={!idle}
            onClick={() => void store.getState().bring(id)}
            data-testid="stored-resume"
          >
            Go on
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          disabled={download?.id === id}
          onClick={() => void store.getState().remove(id)}
          data-testid="stored-delete"
        >
          Delete
        </Button>
      </div>
    </div>
  );
}
