import { bytes, percent } from '../ui/format';
import classes from './ModelDrawer.module.css';
import type { Card } from './modelFacts';

/** Stages in the order in which they are trained, and what one of their samples is. */
const STAGES = [
  ['vae', 'Autoencoder', 'pictures'],
  ['clip', 'World-CLIP', 'pictures with captions'],
  ['denoiser', 'Denoiser', 'latents'],
  ['denoiser-fast', 'Few steps', 'steps of the denoiser'],
  ['reader', 'Reader', 'pictures'],
] as const;

const GRAPHS: Readonly<Record<string, string>> = {
  text_encoder: 'Text encoder',
  unet: 'Denoiser',
  unet_fast: 'Denoiser, few steps',
  vae_decoder: 'Decoder',
  vae_encoder: 'Encoder',
  reader: 'Reader',
};

/** How much each part has seen. */
export function ModelTraining({ training }: { readonly training: Card['training'] }) {
  const stages = STAGES.flatMap(([id, title, samples]) => {
    const own = training[id];
    return own && own.seen > 0 ? [{ id, title, text: `${own.seen.toLocaleString('en')} ${samples}` }] : [];
  });
  if (stages.length === 0) return null;
  return (
    <section>
      <h3>Trained on</h3>
      <dl className={`${classes.facts} tabular`}>
        {stages.map(({ id, title, text }) => (
          <div key={id}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What the files are not: the network that was trained, to the last bit. */
export function ModelExport({ facts }: { readonly facts: NonNullable<Card['export']> }) {
  const graphs = Object.entries(facts.graphs ?? {});
  const cost = facts.quantization;
  if (graphs.length === 0) return null;
  return (
    <section data-testid="model-export">
      <h3>From the trained network to these files</h3>
      <p className={classes.lead}>
        The weights are rounded to 8 bits, the autoencoder’s to 16.
        {cost &&
          cost.medianPsnr !== null &&
          ` Pictures drawn with them differ from those of the unrounded weights by a median of ${cost.medianPsnr.toFixed(1)} dB` +
            `${cost.sameReadings === null ? '' : `, and ${percent(cost.sameReadings)} are read the same`} (n = ${cost.n}).`}
      </p>
      <table className={`${classes.plain} tabular`}>
        <thead>
          <tr>
            <th scope="col">Relative difference</th>
            <th scope="col">ONNX to torch</th>
            <th scope="col">Stored to 32 bits</th>
            <th scope="col">File</th>
          </tr>
        </thead>
        <tbody>
          {graphs.map(([id, graph]) => (
            <tr key={id}>
              <th scope="row">{GRAPHS[id] ?? id}</th>
              <td>{graph.onnxVsTorch.toExponential(0)}</td>
              <td>
                {(100 * graph.storedRelativeError).toFixed(graph.stored === 'int8' ? 1 : 3)} % ({graph.stored}
                )
              </td>
              <td>{bytes(graph.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
