import { MantineProvider } from '@mantine/core';
import { Composer } from '../studio/composer/Composer';
import { DropTarget } from '../studio/DropTarget';
import { ImageDialog } from '../studio/detail/ImageDialog';
import { Board } from '../studio/lanes/Board';
import { StudioContext } from '../studio/StudioContext';
import type { Studio } from '../studio/session';
import classes from './App.module.css';
import { Header } from './Header';
import { LiveStatus } from './LiveStatus';
import { Banners, Toasts } from './Notices';
import { theme } from './theme';

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
        <ImageDialog />
        <Toasts />
        <LiveStatus />
        <DropTarget />
      </StudioContext>
    </MantineProvider>
  );
}
