import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import {
  CartesianGrid,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  usePlotArea,
  XAxis,
  YAxis,
} from 'recharts';
import { TOKEN } from '../ui/colours';
import { measure, plural } from '../ui/format';
import { figureText } from './BiasChart';
import { ChartFrame, type DataTable } from './ChartFrame';
import { placeLabels } from './placeLabels';
import type { BiasFigure } from './summary';

export interface TradeOffRow {
  readonly id: string;
  readonly lane: string;
  readonly isBase: boolean;
  /** Mean 1 - SSIM to the base model's pictures of the same seeds; null before the first pair was compared. */
  readonly change: {
    readonly value: number;
    /** null where one pair tells nothing of the spread. */
    readonly low: number | null;
    readonly high: number | null;
    readonly pictures: number;
  } | null;
  /** Persons read. */
  readonly n: number;
  readonly figure: BiasFigure | null;
}

type Point = TradeOffRow & {
  readonly change: NonNullable<TradeOffRow['change']>;
  readonly figure: BiasFigure;
};

const HEIGHT = 320;
/** Of this width on, there is room for whole names and for the axis in full words. */
const WIDE = 500;

/** Every lane as a point: to the right the more its pictures differ from the base model's, upwards the more biased. */
export function TradeOffChart({
  rows,
  attribute,
  max,
  note,
}: {
  readonly rows: readonly TradeOffRow[];
  readonly attribute: string;
  /** Largest value that the bias can take. */
  readonly max: number;
  readonly note?: ReactNode;
}) {
  const { ref, width } = useElementSize();
  const points = rows.filter(isPoint);
  const farthest = Math.max(...points.map(({ change }) => change.high ?? change.value));
  const ticks = ticksTo(farthest * 1.05);
  const right = ticks.at(-1)!;
  const wide = width >= WIDE;
  const floor = Math.max(...points.map(({ figure }) => figure.floor));
  return (
    <ChartFrame
      title={`Bias-W of ${attribute.toLowerCase()} against change of the pictures`}
      note={note}
      hint="Further left, the pictures stay as the base model drew them; further down, shares are nearer to equal. Inside the grey band no bias can be told from chance."
      label={tradeOffSentence(rows, attribute)}
      table={tradeOffTable(rows)}
      testId="tradeoff-chart"
    >
      <div ref={ref}>
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <ScatterChart margin={{ top: 14, right: 16, bottom: 18, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke={TOKEN.line} />
            <XAxis
              type="number"
              dataKey="change.value"
              domain={[0, right]}
              ticks={[...ticks]}
              tickFormatter={measure}
              axisLine={{ stroke: TOKEN.line }}
              tickLine={false}
              tick={{ fontSize: 11, fill: TOKEN.muted }}
              label={{
                value: wide
                  ? 'change: mean of 1 − SSIM to the base model’s picture of the same seed'
                  : 'change: mean 1 − SSIM to the base model',
                position: 'insideBottom',
                offset: -12,
                fontSize: 12,
                fill: TOKEN.muted,
              }}
            />
            <YAxis
              type="number"
              dataKey="figure.value"
              domain={[0, max]}
              tickCount={6}
              tickFormatter={measure}
              width={44}
              axisLine={false}
              tickLine={false}
              tick={{ fontSize: 11, fill: TOKEN.muted }}
            />
            <Marks points={points} right={right} max={max} floor={floor} longest={wide ? 24 : 14} />
            <Scatter data={points} isAnimationActive={false} shape={() => <g />} />
          </ScatterChart>
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}

const isPoint = (row: TradeOffRow): row is Point => row.change !== null && row.figure !== null;

function Marks({
  points,
  right,
  max,
  floor,
  longest,
}: {
  readonly points: readonly Point[];
  readonly right: number;
  readonly max: number;
  readonly floor: number;
  /** Characters of a name that have room. */
  readonly longest: number;
}) {
  const plot = usePlotArea();
  if (!plot) return null;
  const x = (value: number) => plot.x + (Math.min(value, right) / right) * plot.width;
  const y = (value: number) => plot.y + (1 - Math.min(value, max) / max) * plot.height;
  const labels = placeLabels(
    points.map(({ lane, change, figure, n }) => ({
      x: x(change.value),
      y: y(figure.value) - 9,
      text: `${shortened(lane, longest)} n = ${n}`,
    })),
    { left: plot.x, right: plot.x + plot.width },
  );
  return (
    <g>
      <rect
        x={plot.x}
        y={y(floor)}
        width={plot.width}
        height={plot.y + plot.height - y(floor)}
        fill={TOKEN.floor}
        opacity={0.18}
      />
      <path d={`M${plot.x} ${y(floor)}h${plot.width}`} stroke={TOKEN.floor} />
      <text x={plot.x + plot.width - 6} y={y(floor) - 6} fontSize={12} textAnchor="end" fill={TOKEN.muted}>
        floor {measure(floor)}
      </text>
      {points.map(({ id, change, figure }) => (
        <Cross key={id} x={x} y={y} change={change} figure={figure} />
      ))}
      {points.map(({ id, lane, n, isBase, change, figure }, i) => {
        const label = labels[i]!;
        const moved = y(figure.value) - label.y > 24;
        return (
          <g key={id}>
            {moved && (
              <path
                d={`M${x(change.value)} ${y(figure.value) - 7}L${label.x + (label.anchor === 'start' ? -2 : 2)} ${label.y + 2}`}
                stroke={TOKEN.line}
              />
            )}
            <circle
              cx={x(change.value)}
              cy={y(figure.value)}
              r={6.5}
              fill={figure.value <= figure.floor ? TOKEN.surface : isBase ? TOKEN.text : TOKEN.accent}
              stroke={isBase ? TOKEN.text : TOKEN.accent}
              strokeWidth={2}
            />
            <text
              x={label.x}
              y={label.y + 4.5}
              fontSize={13}
              textAnchor={label.anchor}
              fill={TOKEN.text}
              stroke={TOKEN.surface}
              strokeWidth={4}
              strokeLinejoin="round"
              paintOrder="stroke"
            >
              <tspan fontWeight={600}>{shortened(lane, longest)}</tspan>
              <tspan fill={TOKEN.muted}> n = {n}</tspan>
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** Both intervals of a point. */
function Cross({
  x,
  y,
  change,
  figure,
}: {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly change: Point['change'];
  readonly figure: BiasFigure;
}) {
  const [atX, atY] = [x(change.value), y(figure.value)];
  const bias = `M${atX} ${y(figure.low)}V${y(figure.high)}M${atX - 5} ${y(figure.low)}h10M${atX - 5} ${y(figure.high)}h10`;
  const drift =
    change.low === null || change.high === null || change.high === change.low
      ? ''
      : `M${x(change.low)} ${atY}H${x(change.high)}M${x(change.low)} ${atY - 5}v10M${x(change.high)} ${atY - 5}v10`;
  return <path d={bias + drift} stroke={TOKEN.floor} strokeWidth={1.5} />;
}

const shortened = (name: string, longest: number): string =>
  name.length > longest ? `${name.slice(0, longest - 1)}…` : name;

/** Four to six round numbers from 0 to just beyond `value`; at least to 0.1, so that noise does not look like change. */
function ticksTo(value: number): readonly number[] {
  const reach = Math.max(0.1, value);
  const step = [0.02, 0.05, 0.1, 0.2, 0.5].find((candidate) => reach / candidate <= 5.5) ?? 1;
  return Array.from({ length: Math.ceil(reach / step - 1e-9) + 1 }, (_, i) => i * step);
}

const intervalText = (low: number | null, high: number | null): string =>
  low === null || high === null ? '–' : `${measure(low)} to ${measure(high)}`;

function changeText({ change, isBase }: TradeOffRow): string {
  if (isBase) return 'the reference';
  if (!change) return 'not compared yet';
  return `change ${measure(change.value)} (${intervalText(change.low, change.high)}) over ${plural(change.pictures, 'picture')}`;
}

export function tradeOffSentence(rows: readonly TradeOffRow[], attribute: string): string {
  const parts = rows.map(
    (row) =>
      `${row.lane}: ${changeText(row)}, Bias-W ${row.figure ? figureText(row.figure, row.n) : 'not read yet'}`,
  );
  return `Bias-W of ${attribute.toLowerCase()} against change from the base model, mean 1 − SSIM on the same seeds, each with its 95 % interval. ${parts.join('; ')}.`;
}

export function tradeOffTable(rows: readonly TradeOffRow[]): DataTable {
  return {
    head: [
      'Lane',
      'Change',
      '95 % interval of the change',
      'Pictures',
      'Bias-W',
      '95 % interval',
      'Floor',
      'n',
    ],
    rows: rows.map(({ lane, isBase, change, figure, n }) => [
      lane,
      isBase ? 'reference' : change ? measure(change.value) : '–',
      isBase || !change ? '–' : intervalText(change.low, change.high),
      isBase || !change ? '–' : String(change.pictures),
      figure ? measure(figure.value) : '–',
      figure ? intervalText(figure.low, figure.high) : '–',
      figure ? measure(figure.floor) : '–',
      String(n),
    ]),
  };
}
