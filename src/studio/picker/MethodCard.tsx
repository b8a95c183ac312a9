import type { MethodSpec } from '../../../workers/methods/method';
import { evidenceLabel } from '../../ui/evidence';
import { plural } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { WORDS } from '../../ui/words';
import { useConflicts } from '../lanes/LaneConflicts';
import { useSettings } from '../StudioContext';
import { laneOf } from '../settings';
import { costOf } from './cost';
import classes from './MethodCard.module.css';
import { Pictogram } from './Pictogram';

/** One method: what it does in a sentence and a drawing, what it costs, and how well it is founded. */
export function MethodCard({ spec, onPick }: { readonly spec: MethodSpec; readonly onPick: () => void }) {
  const steps = useSettings((state) => state.steps);
  const guidance = useSettings((state) => state.guidance);
  const [trouble] = useConflicts(laneOf(spec, []));
  const cost = costOf(spec, { steps, guidance });
  return (
    <li className={classes.card}>
      <div className={classes.drawing}>
        <Pictogram acts={spec.acts} />
      </div>
      <div className={classes.text}>
        <div className={classes.head}>
          <button
            type="button"
            className={classes.pick}
            onClick={onPick}
            data-method={spec.id}
            data-testid={`method-${spec.id}`}
            aria-describedby={`method-${spec.id}-says`}
          >
            {spec.title}
          </button>
          <span
            className={classes.evidence}
            data-evidence={spec.evidence}
            title={WORDS.evidence[spec.evidence]}
          >
            {evidenceLabel(spec)}
          </span>
        </div>
        <p className={classes.summary} id={`method-${spec.id}-says`}>
          {spec.summary}
        </p>
        <p className={`${classes.facts} tabular`}>
          <span data-costly={spec.relativeCost > 1 || undefined}>{cost.text}</span>
          {cost.evaluations !== null && `: ${plural(cost.evaluations, 'UNet evaluation')} a picture`}
        </p>
        {trouble && (
          <p className={classes.trouble}>
            {trouble.text} {trouble.next}
          </p>
        )}
        <details className={classes.reference}>
          <summary>
            <Icon name="next" size={13} /> Reference
          </summary>
          <p>{spec.citation}</p>
        </details>
      </div>
    </li>
  );
}
