import { ChartFrame } from '../charts/ChartFrame';
import { wilson } from '../core/metrics';
import { TOKEN } from '../ui/colours';
import { finePercent, percent } from '../ui/format';
import type { AttributeQuality, ReadAttribute, ReliabilityBin } from './modelFacts';

/** The plot's side and the strip of counts under it, in units of the drawing. */
const SIDE = 190;
const STRIP = 34;
const LEFT = 34;
const TOP = 6;
const LABELS = 34;
const RIGHT = 18;

/** Does 90 % mean right nine times in ten? Predicted against observed, with how many readings say so. */
export function Reliability({
  attribute,
  quality: { reliability: bins, ece },
}: {
  readonly attribute: ReadAttribute;
  readonly quality: AttributeQuality;
}) {
  // The likeliest of K values has at least 1/K. Both axes are the same, so that the dashed line is where they agree.
  const lowest = Math.min(1 / attribute.values.length, ...bins.map(({ observed }) => observed));
  const from = Math.min(0.9, Math.floor(10 * lowest) / 10);
  const along = (share: number) => (SIDE * (Math.max(from, share) - from)) / (1 - from);
  const x = (share: number) => LEFT + along(share);
  const y = (share: number) => TOP + SIDE - along(share);
  const most = Math.max(...bins.map(({ n }) => n));
  const base = TOP + SIDE + STRIP + 8;
  const width = LEFT + SIDE + RIGHT;
  const ticks = [from, (from + 1) / 2, 1];
  return (
    <ChartFrame
      title="Reliability"
      label={sentenceOf(attribute, bins, ece)}
      table={tableOf(bins)}
      testId={`reliability-${attribute.id}`}
    >
      <svg
        viewBox={`0 0 ${width} ${base + LABELS}`}
        width={width}
        style={{ maxWidth: '100%' }}
        aria-hidden="true"
      >
        <rect x={LEFT} y={TOP} width={SIDE} height={SIDE} fill="none" stroke={TOKEN.line} />
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke={TOKEN.floor} strokeDasharray="3 3" />
        {bins.map((bin) => {
          const { low, high } = wilson(Math.round(bin.observed * bin.n), bin.n);
          const at = x(bin.predicted);
          const [left, right] = [x(bin.from), x(bin.to)];
          return (
            <g key={bin.from}>
              <title>{binSentence(bin)}</title>
              <line
                x1={at}
                x2={at}
                y1={y(low)}
                y2={y(high)}
                stroke={TOKEN.accent}
                strokeOpacity={0.45}
                strokeWidth={1.5}
              />
              <circle cx={at} cy={y(bin.observed)} r={3.6} fill={TOKEN.accent} />
              <rect
                x={left + 1}
                width={Math.max(1, right - left - 2)}
                y={base - barHeight(bin.n, most)}
                height={barHeight(bin.n, most)}
                rx={1.5}
                fill={TOKEN.floor}
                opacity={0.55}
              />
            </g>
          );
        })}
        <line x1={LEFT} x2={LEFT + SIDE} y1={base} y2={base} stroke={TOKEN.line} />
        <g fontSize={10.5} fill={TOKEN.muted}>
          {ticks.map((tick) => (
            <text key={tick} x={x(tick)} y={base + 13} textAnchor="middle">
              {percent(tick)}
            </text>
          ))}
          {[from, 1].map((tick) => (
            <text key={tick} x={LEFT - 5} y={y(tick) + (tick === 1 ? 8 : 0)} textAnchor="end">
              {Math.round(tick * 100)}
            </text>
          ))}
          <text x={LEFT + SIDE / 2} y={base + 28} textAnchor="middle">
            how probable it said
          </text>
          <text transform={`translate(12 ${TOP + SIDE / 2}) rotate(-90)`} textAnchor="middle">
            how often right, %
          </text>
        </g>
      </svg>
    </ChartFrame>
  );
}

/** Nearly all readings are sure; on a linear scale the others would not be seen. */
const barHeight = (n: number, most: number): number =>
  Math.max(1.5, (STRIP * Math.log1p(n)) / Math.log1p(most));

/** "A probability is off by 0.4 points on average (ECE 0.004)." */
export function calibrationSentence(ece: number): string {
  return `On average a probability is off by ${(100 * ece).toFixed(1)} points (ECE ${ece.toFixed(3)}).`;
}

const binSentence = ({ predicted, observed, n }: ReliabilityBin): string =>
  `Said ${finePercent(predicted)}, right ${finePercent(observed)} of ${n.toLocaleString('en')}`;

function sentenceOf({ title }: ReadAttribute, bins: readonly ReliabilityBin[], ece: number): string {
  return `Reliability of ${title}. ${bins.map(binSentence).join('; ')}. ${calibrationSentence(ece)}`;
}

function tableOf(bins: readonly ReliabilityBin[]) {
  return {
    head: ['Said between', 'on average', 'right', 'people'],
    rows: bins.map(({ from, to, n, predicted, observed }) => [
      `${Math.round(100 * from)} and ${Math.round(100 * to)} %`,
      finePercent(predicted),
      finePercent(observed),
      n.toLocaleString('en'),
    ]),
  };
}
