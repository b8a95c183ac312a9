import { Button, Loader, Text } from '@mantine/core';
import { useStore } from 'zustand';
import type { DeviceCheck, Result } from '../../workers/protocol';
import { useStudio } from '../studio/StudioContext';
import { checkDevice } from './checkDevice';

/** What is known of this graphics device's numbers, and the button that finds out. */
export function DeviceCheckLine() {
  const studio = useStudio();
  const check = useStore(studio.engine, (state) => state.check);
  if (check.phase === 'running') {
    return (
      <Text size="sm" data-testid="device-check">
        <Loader size={12} mr={6} /> Comparing this device’s numbers with the CPU’s …
      </Text>
    );
  }
  return (
    <div data-testid="device-check">
      {check.phase === 'done' && <Text size="sm">{sentence(check.answer)}</Text>}
      <Button
        size="compact-sm"
        variant="default"
        mt={check.phase === 'done' ? 6 : 0}
        onClick={() => void checkDevice(studio)}
        data-testid="device-check-button"
      >
        {check.phase === 'done' ? 'Check again' : 'Check this device’s numbers'}
      </Button>
    </div>
  );
}

function sentence(answer: Result<DeviceCheck>): string {
  if (!answer.ok) return answer.error.message;
  const { latent, pixel, tolerance, agrees } = answer.value;
  const figures = `latents differ by at most ${latent.toExponential(1)} (allowed ${tolerance.latent}), colours by ${pixel} of 256 levels (allowed ${tolerance.pixel})`;
  return agrees ? `Agrees with the CPU: ${figures}.` : `Disagrees with the CPU: ${figures}.`;
}
