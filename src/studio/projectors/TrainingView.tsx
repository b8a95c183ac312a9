import { Button, Progress, Text } from '@mantine/core';
import { useStudio } from '../StudioContext';
import { LossCurve } from './LossCurve';
import classes from './Projectors.module.css';
import type { Training } from './projectorStore';
import { cancelTraining } from './train';

const DOING: Readonly<Record<Training['progress']['stage'], string>> = {
  draw: 'Making the pictures',
  encode: 'Encoding the pictures',
  train: 'Training',
};

/** What a training is at, its loss so far, and the way to stop it. */
export function TrainingView({ training }: { readonly training: Training }) {
  const studio = useStudio();
  const { name, progress, losses, cancelling } = training;
  const { stage, done, total } = progress;
  return (
    <section className={classes.panel} aria-label={`Training of ${name}`} data-testid="projector-training">
      <Text size="sm" fw={600}>
        {DOING[stage]} for “{name}”
      </Text>
      <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label={DOING[stage]} />
      <Text size="sm" c="dimmed" className="tabular">
        {done} of {total} {stage === 'train' ? 'steps' : 'pictures'}
        {stage === 'train' && `, loss ${progress.loss.toFixed(2)}`}
      </Text>
      {losses.length > 1 && <LossCurve losses={losses} total={total} />}
      <Button
        size="sm"
        variant="default"
        loading={cancelling}
        onClick={() => cancelTraining(studio)}
        data-testid="projector-cancel"
      >
        Stop the training
      </Button>
    </section>
  );
}
