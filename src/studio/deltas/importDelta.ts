import { sha256 } from 'hash-wasm';
import { EvenhandError, errorFrom, reportOf } from '../../core/errors';
import type { Studio } from '../session';

/** Larger than any LoRA of Stable Diffusion, and less than a tab can hold twice. */
const LARGEST = 400_000_000;

/**
 * Reads a file of a trained variant, holds it against the loaded model, and keeps it. What does not fit is said, and nothing changes.
 * @returns its id; null when it cannot be used.
 */
export async function importDelta(studio: Studio, file: File): Promise<string | null> {
  const { notices, deltas, engine, client } = studio;
  try {
    const { status } = engine.getState();
    if (status.phase !== 'ready') throw notReady(file.name);
    if (file.size > LARGEST) throw tooLarge(file);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const brought = { id: `file-${(await sha256(bytes)).slice(0, 16)}`, name: shortName(file.name), bytes };
    const answer = await client.describeDelta(brought);
    if (!answer.ok) throw errorFrom(answer.error);
    const { title, hash } = status.info;
    await deltas.getState().add(brought, answer.value, { title, hash });
    notices.getState().show({
      place: 'toast',
      tone: 'plain',
      text: `Imported “${answer.value.info.name}”, which fits ${title}.`,
      action: {
        label: 'Add a lane',
        run: () => studio.settings.getState().addVariantLane(answer.value.info),
      },
    });
    return brought.id;
  } catch (error) {
    notices.getState().report(reportOf(error));
    return null;
  }
}

const shortName = (name: string): string => name.replace(/\.safetensors$/i, '').slice(0, 60) || 'LoRA';

const notReady = (name: string): EvenhandError =>
  new EvenhandError(
    'request-invalid',
    `${name} can be imported once a model is loaded, since it is held against the model's weights.`,
    'Wait until the model is there and drop the file again.',
  );

const tooLarge = ({ name, size }: File): EvenhandError =>
  new EvenhandError(
    'model-unsupported',
    `${name} has ${Math.round(size / 1e6)} MB, which is more than a LoRA or a learned token takes (${LARGEST / 1e6} MB are read).`,
    'A whole model is opened as a folder of ONNX files; import a LoRA made of it here.',
  );
