import { describe, expect, it } from 'vitest';
import { createLossGuard } from './loss';

function losable() {
  let lose = (_message: string) => {};
  const lost = new Promise<string>((resolve) => {
    lose = resolve;
  });
  return { guard: createLossGuard(lost), lose };
}

describe('the guard against a lost device', () => {
  it('passes results and failures through', async () => {
    const { guard } = losable();
    await expect(guard(Promise.resolve(7))).resolves.toBe(7);
    await expect(guard(Promise.reject(new Error('shape')))).rejects.toThrow('shape');
  });

  it('waits a moment with a failure, in case the loss of the device is its cause', async () => {
    const { guard, lose } = losable();
    const failing = guard(Promise.reject(new Error('mapAsync failed')));
    setTimeout(() => lose('gone'), 5);
    await expect(failing).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('ends a run that never answers, and every later one, with the reason', async () => {
    const { guard, lose } = losable();
    const hanging = guard(new Promise(() => {}));
    lose('GPU process crashed');
    await expect(hanging).rejects.toMatchObject({ code: 'device-lost', cause: 'GPU process crashed' });
    await expect(guard(new Promise(() => {}))).rejects.toMatchObject({ code: 'device-lost' });
  });
});
