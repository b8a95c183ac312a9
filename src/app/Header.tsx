import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { useBrought } from '../models/brought/useBrought';
import { useModel, useStudio } from '../studio/StudioContext';
import { settingsOf } from '../studio/settings';
import { Icon, Mark } from '../ui/icons';
import { EngineBadge } from './EngineBadge';
import classes from './Header.module.css';
import { writeLink } from './link';

const HistoryDrawer = lazy(async () => ({
  default: (await import('../studio/history/HistoryDrawer')).HistoryDrawer,
}));
const LaboratoryModal = lazy(() => import('../laboratory/LaboratoryModal'));
const ModelDrawer = lazy(async () => ({ default: (await import('../models/ModelDrawer')).ModelDrawer }));

export function Header() {
  const [historyOpen, history] = useDisclosure(false);
  const [laboratoryOpen, laboratory] = useDisclosure(false);
  const brought = useBrought();
  const drawerOpened = useStore(brought, ({ tab }) => tab !== null);
  const model = useModel();
  const failed = useStore(useStudio().engine, ({ status }) => status.phase === 'failed');
  return (
    <header className={classes.header}>
      <div className={classes.inner}>
        <a className={classes.brand} href="./" aria-label="Evenhand, start anew">
          <Mark />
          <span>Evenhand</span>
        </a>
        <div className={classes.facts}>
          {(model || failed) && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              className={classes.fact}
              onClick={() => brought.getState().showTab(model ? 'card' : 'models')}
              data-testid="model-button"
            >
              <span className={classes.factKind}>Model</span>{' '}
              {model ? model.title.replace(/ \(.*\)$/, '') : 'none'}
            </Button>
          )}
          <EngineBadge />
        </div>
        <div className={classes.tools}>
          <Button
            variant="subtle"
            color="gray"
            size="sm"
            leftSection={<Icon name="flask" />}
            onClick={laboratory.open}
            data-testid="laboratory-button"
            aria-label="Laboratory"
          >
            <span className={classes.wide}>Laboratory</span>
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="sm"
            leftSection={<Icon name="clock" />}
            onClick={history.open}
            data-testid="history-button"
            aria-label="Past runs"
          >
            <span className={classes.wide}>Past runs</span>
          </Button>
          <ShareLink />
          <ThemeSwitch />
        </div>
      </div>
      <Suspense>
        <HistoryDrawer opened={historyOpen} onClose={history.close} />
        {drawerOpened && <ModelDrawer />}
        {laboratoryOpen && <LaboratoryModal opened onClose={laboratory.close} />}
      </Suspense>
    </header>
  );
}

function ShareLink() {
  const { settings } = useStudio();
  const model = useModel();
  const [copied, { open, close }] = useDisclosure(false);
  const copy = async () => {
    const url = new URL(location.href);
    url.search = '';
    url.hash = writeLink(settingsOf(settings.getState()), model?.hash);
    history.replaceState(null, '', url);
    // Without the clipboard (an insecure page, a refused permission) the address bar still holds the link.
    await navigator.clipboard?.writeText(url.href).catch(() => undefined);
    open();
    setTimeout(close, 2000);
  };
  return (
    <Button
      variant="subtle"
      color="gray"
      size="sm"
      leftSection={<Icon name={copied ? 'check' : 'link'} />}
      onClick={() => void copy()}
      data-testid="share-button"
      aria-label={copied ? 'Link copied' : 'Share: copy a link to these settings'}
    >
      <span className={classes.wide}>{copied ? 'Link copied' : 'Share'}</span>
    </Button>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={() => setColorScheme(other)}
        aria-label={`Switch to ${other} colours`}
        data-testid="theme-switch"
      >
        <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
      </ActionIcon>
    </Tooltip>
  );
}
