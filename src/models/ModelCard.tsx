import { Text } from '@mantine/core';
import type { ModelInfo } from '../../workers/protocol';
import { bytes } from '../ui/format';
import classes from './ModelDrawer.module.css';
import { ModelFigures } from './ModelFigures';
import { ModelExport, ModelTraining } from './ModelTraining';
import type { Card } from './modelFacts';
import { TextGeometry } from './TextGeometry';

/** What runs, what it is for, how well it does, and what it cannot do. */
export function ModelCard({ card, model }: { readonly card: Card | null; readonly model: ModelInfo }) {
  return (
    <div className={classes.card}>
      {card?.summary && <Text className={classes.summary ?? ''}>{card.summary}</Text>}
      <Facts card={card} model={model} />
      {card?.figures && <ModelFigures figures={card.figures} variants={model.variants} />}
      {card && card.limits.length > 0 && (
        <section>
          <h3>Limits</h3>
          <ul>
            {card.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      )}
      {card?.worldClip && <TextGeometry geometry={card.worldClip} />}
      {card && <ModelTraining training={card.training} />}
      {card?.export && <ModelExport facts={card.export} />}
      <section>
        <h3>Its files</h3>
        <ul className={`${classes.files} tabular`}>
          {model.files.map((file) => (
            <li key={file.path}>
              <span>{file.path}</span>
              <span>{bytes(file.bytes)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Facts({ card, model }: { readonly card: Card | null; readonly model: ModelInfo }) {
  const facts: [string, string][] = [
    ['Meant for', card?.intendedUse ?? ''],
    ['Not for', card?.notFor ?? ''],
    ['Picture', `${model.imageSize} × ${model.imageSize} pixels, latent ${model.latentDims.join(' × ')}`],
    ['Prompt', `at most ${model.maxTokens} tokens`],
    ['Prediction', model.predictionType],
    ['Its UNet', model.unet.summary ?? ''],
    ['Cannot give', model.unet.missing.join(' ')],
    ['Licence', card?.licence ?? 'not stated'],
    ['Fingerprint', model.hash],
  ];
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
