import { Button, Collapse, Kbd, NumberInput, TextInput } from '@mantine/core';
import { useDisclosure, useHotkeys, useOs } from '@mantine/hooks';
import { useStore } from 'zustand';
import { Icon } from '../../ui/icons';
import { LIMITS } from '../limits';
import { issuesOf, type RequestField } from '../request';
import { useModel, useRun, useSettings, useStudio } from '../StudioContext';
import { parseSeeds } from '../seeds';
import { type Settings, settingsOf } from '../settings';
import classes from './Composer.module.css';
import { LoadState } from './LoadState';
import { MoreSettings } from './MoreSettings';
import { PromptField } from './PromptField';
import { RunProgress } from './RunProgress';
import { Suggestions } from './Suggestions';
import { VariantChoice, VariantHelp } from './VariantChoice';

/** What to draw, how many, and the one button. */
export function Composer() {
  const studio = useStudio();
  const settings = settingsOf(useStore(studio.settings));
  const running = useRun((state) => state.status === 'running');
  const model = useModel();
  const [more, { toggle }] = useDisclosure(false);
  const issues = issuesOf(settings, model);
  const issue = (field: RequestField) => issues.find((candidate) => candidate.field === field)?.message;
  const ready = model !== null && issues.length === 0;

  useHotkeys(
    [
      ['mod+Enter', () => !somethingIsOpen() && void studio.generate()],
      ['Escape', () => !somethingIsOpen() && studio.cancel()],
    ],
    [],
  );

  return (
    <section className={classes.card} aria-label="What to draw">
      <PromptField />
      {!running && <Suggestions />}
      <div className={classes.bar}>
        {model && <VariantChoice model={model} />}
        <Amounts settings={settings} issue={issue} />
        <Button
          variant="subtle"
          color="gray"
          onClick={toggle}
          aria-expanded={more}
          leftSection={<Icon name="sliders" />}
          className={classes.more}
          data-testid="more-button"
        >
          More
        </Button>
        {running ? <CancelButton /> : <GenerateButton ready={ready} />}
        {model && <VariantHelp model={model} />}
      </div>
      <ul className={classes.issues} id="composer-issues" data-testid="issues">
        {issues.map(({ field, message }) => (
          <li key={field}>{message}</li>
        ))}
      </ul>
      <Collapse expanded={more}>
        <MoreSettings invalid={issue('batchSize') !== undefined} />
      </Collapse>
      {running ? <RunProgress /> : <LoadState />}
    </section>
  );
}

/** A dialog, drawer, popover or menu takes the keys for itself: Escape closes it and stops no run. */
const somethingIsOpen = (): boolean => document.querySelector('[role="dialog"], [role="menu"]') !== null;

function Amounts({
  settings,
  issue,
}: {
  readonly settings: Settings;
  readonly issue: (field: RequestField) => string | undefined;
}) {
  const change = useSettings((state) => state.change);
  const plan = parseSeeds(settings.seeds, Math.max(1, settings.count || 1));
  const listed = plan.ok && plan.kind === 'list';
  const whole = (value: string | number) => (value === '' ? 0 : Number(value));
  return (
    <div className={classes.amounts}>
      <NumberInput
        label="Images per lane"
        value={listed ? plan.seeds.length : settings.count}
        onChange={(value) => change({ count: whole(value) })}
        min={LIMITS.images.min}
        clampBehavior="none"
        allowDecimal={false}
        disabled={listed}
        error={issue('count') !== undefined}
        aria-describedby="composer-issues"
        data-testid="count-input"
      />
      <TextInput
        label={listed ? 'Seeds, as a list' : 'Seeds, from'}
        value={settings.seeds}
        onChange={(event) => change({ seeds: event.currentTarget.value })}
        error={issue('seeds') !== undefined}
        aria-describedby="composer-issues"
        inputMode="text"
        spellCheck={false}
        data-testid="seeds-input"
      />
      <NumberInput
        label="Steps"
        value={settings.steps ?? ''}
        onChange={(value) => change({ steps: whole(value) })}
        min={LIMITS.steps.min}
        max={LIMITS.steps.max}
        clampBehavior="none"
        allowDecimal={false}
        error={issue('steps') !== undefined}
        aria-describedby="composer-issues"
        data-testid="steps-input"
      />
      <NumberInput
        label="Guidance scale"
        value={settings.guidance ?? ''}
        onChange={(value) => change({ guidance: whole(value) })}
        min={LIMITS.guidance.min}
        max={LIMITS.guidance.max}
        step={0.5}
        clampBehavior="none"
        error={issue('guidance') !== undefined}
        aria-describedby="composer-issues"
        data-testid="guidance-input"
      />
    </div>
  );
}

function GenerateButton({ ready }: { readonly ready: boolean }) {
  const studio = useStudio();
  const mac = useOs() === 'macos';
  return (
    <Button
      size="md"
      className={classes.go}
      disabled={!ready}
      onClick={() => void studio.generate()}
      rightSection={<Kbd className={classes.kbd}>{mac ? '⌘' : 'Ctrl'} ↵</Kbd>}
      data-testid="generate"
    >
      Generate
    </Button>
  );
}

function CancelButton() {
  const studio = useStudio();
  const cancelling = useRun((state) => state.cancelling);
  return (
    <Button
      size="md"
      variant="default"
      className={classes.go}
      disabled={cancelling}
      onClick={() => studio.cancel()}
      rightSection={<Kbd className={classes.kbd}>Esc</Kbd>}
      data-testid="cancel"
    >
      {cancelling ? 'Stopping…' : 'Cancel'}
    </Button>
  );
}
