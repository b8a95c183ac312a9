import { Button, Progress, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Offer } from '../../../workers/models/types';
import { bytes, remaining } from '../../ui/format';
import classes from './Brought.module.css';
import type { BroughtState } from './broughtStore';
import { useBrought } from './useBrought';

export function HubSection() {
  const store = useBrought();
  const { offer, download, doing } = useStore(store);
  const [address, setAddress] = useState('');
  return (
    <section>
      <h3>From Hugging Face</h3>
      <p className={classes.says}>
        Looking a model up asks huggingface.co for its list of files, and nothing else. You see the sizes
        before anything is downloaded.
      </p>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (address.trim() !== '') void store.getState().lookUp(address);
        }}
      >
        <TextInput
          className={classes.address ?? ''}
          size="sm"
          placeholder="owner/name or owner/name@revision"
          aria-label="Name or address of the model"
          value={address}
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          data-testid="hub-address"
        />
        <Button
          type="submit"
          size="sm"
          variant="default"
          disabled={doing !== null || download !== null}
          data-testid="hub-look-up"
        >
          Look up
        </Button>
      </form>
      {offer && <OfferCard offer={offer} />}
      {download && <DownloadLine download={download} />}
    </section>
  );
}

function OfferCard({ offer }: { readonly offer: Offer }) {
  const store = useBrought();
  const quota = useStore(store, (state) => state.quota);
  const { address, commit, files, heldBytes } = offer;
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const missing = total - heldBytes;
  const free = quota && quota.quota - quota.usage;
  const tooLarge = free !== null && missing > free;
  return (
    <div className={classes.card} data-testid="offer">
      <div>
        <div className={classes.title}>{address.repo}</div>
        <p className={classes.says}>
          {address.revision === commit ? 'Commit' : `Revision “${address.revision}” is commit`} {commit}
          {address.folder && `, folder ${address.folder}`}. Exactly these files are fetched, and each is
          checked against the hash that the hub lists.
        </p>
      </div>
      <ul className={`${classes.files} tabular`}>
        {files.toReversed().map(({ path, bytes: size }) => (
          <li key={path}>
            <span>{path}</span>
            <span>{bytes(size)}</span>
          </li>
        ))}
      </ul>
      <p className={classes.says} data-testid="offer-quota">
        {bytes(missing)} to download{heldBytes > 0 && ` (${bytes(heldBytes)} are here already)`}.{' '}
        {free === null
          ? 'This browser does not tell how much it may keep.'
          : `This browser keeps ${bytes(quota?.usage ?? 0)} for this page and says that it has room for ${bytes(free)} more.`}
        {tooLarge && ' That is not enough: delete a model below, or free disk space.'}
      </p>
      <div className={classes.row}>
        <Button
          size="sm"
          disabled={tooLarge}
          onClick={() => void store.getState().bring(offer)}
          data-testid="offer-download"
        >
          {missing > 0 ? `Download ${bytes(missing)}` : 'Open'}
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={() => store.getState().dismiss()}>
          Not now
        </Button>
      </div>
    </div>
  );
}

function DownloadLine({ download }: { readonly download: NonNullable<BroughtState['download']> }) {
  const store = useBrought();
  const { progress } = download;
  const { loadedBytes = 0, totalBytes = 0, remainingMs = null, waiting = false, file = '' } = progress ?? {};
  return (
    <div className={classes.card} data-testid="download" data-waiting={waiting}>
      <div className={classes.progressLine}>
        <span>{waiting ? 'Waiting for the network; it goes on by itself' : `Downloading ${file}`}</span>
        <span className="tabular">
          {totalBytes > 0 && `${bytes(loadedBytes)} of ${bytes(totalBytes)}`}
          {remainingMs !== null && `, ${remaining(remainingMs)}`}
        </span>
      </div>
      <Progress
        size="sm"
        value={totalBytes > 0 ? (100 * loadedBytes) / totalBytes : 0}
        aria-label="Model downloaded"
      />
      <div className={classes.row}>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => store.getState().stopDownload()}
          data-testid="download-stop"
        >
          Stop
        </Button>
        <span className={classes.says}>What came is kept.</span>
      </div>
    </div>
  );
}
