import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Composer } from '../studio/composer/Composer';
import { DropTarget } from '../studio/DropTarget';
import { Board } from '../studio/lanes/Board';
import { StudioContext } from '../studio/StudioContext';
import type { Studio } from '../studio/session';
import classes from './App.module.css';
import { Header } from './Header';
import { LiveStatus } from './LiveStatus';
import { Banners, Toasts } from './Notices';
import { theme } from './theme';

/** Needed only once there is an image to look at. */
const ImageDialog = lazy(async () => ({
  default: (await import('../studio/detail/ImageDialog')).ImageDialog,
}));
/** Needed only by who trains a projector. */
const ProjectorDrawer = lazy(async () => ({
  default: (await import('../studio/projectors/ProjectorDrawer')).ProjectorDrawer,
}));

/** Needed only by who looks at a trained variant. */
const DeltaDrawer = lazy(async () => ({
  default: (await import('../studio/deltas/DeltaDrawer')).DeltaDrawer,
}));

export function App({ studio }: { readonly studio: Studio }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <StudioContext value={studio}>
        <a className={classes.skip} href="#prompt">
          Skip to the prompt
        </a>
        <Header />
        <main className={classes.main}>
          <Banners />
          <Composer />
          <Board />
        </main>
        <Suspense>
          <ImageDialog />
          <ProjectorDrawer />
          <DeltaDrawer />
        </Suspense>
        <Toasts />
        <LiveStatus />
        <DropTarget />
      </StudioContext>
    </MantineProvider>
  );
}
