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
import { measure } from '../ui/format';
import { AxisLabel, labelWidth } from './AxisLabel';
import { ChartFrame, type DataTable } from './ChartFrame';
import type { BiasFigure } from './summary';

export interface BiasRow {
  readonly lane: string;
  readonly n: number;
  readonly figure: BiasFigure | null;
}

const ROW = 40;

/** All lanes on one scale: a dot with its interval, over the band that a fair model would reach by chance alone. */
export function BiasChart({
  rows,
  attribute,
  max,
}: {
  readonly rows: readonly BiasRow[];
  readonly attribute: string;
  readonly max: number;
}) {
  const points = rows.map((row, i) => ({ x: row.figure?.value ?? 0, y: i }));
  return (
    <ChartFrame
      title={`Bias-W, ${attribute.toLowerCase()}`}
      hint="0 is equal shares; inside the grey band no bias can be told from chance."
      label={biasSentence(rows, attribute)}
      table={biasTable(rows)}
      testId="bias-chart"
    >
      <ResponsiveContainer width="100%" height={rows.length * ROW + 24}>
        <ScatterChart
          data={points}
          margin={{ top: 0, right: 96, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid horizontal={false} stroke={TOKEN.line} />
          <XAxis
            type="number"
            dataKey="x"
            domain={[0, max]}
            tickCount={6}
            tickFormatter={(value: number) => measure(value)}
            axisLine={false}
            tickLine={false}
            height={22}
            tick={{ fontSize: 11, fill: TOKEN.muted }}
          />
          <YAxis
            type="number"
            dataKey="y"
            domain={[-0.5, rows.length - 0.5]}
            ticks={rows.map((_, i) => i)}
            tickFormatter={(i: number) => shortened(rows[i]?.lane ?? '')}
            reversed
            width={labelWidth(rows.map(({ lane }) => shortened(lane)))}
            axisLine={false}
            tickLine={false}
            interval={0}
            tick={<AxisLabel />}
          />
          <Whiskers rows={rows} max={max} />
          <Scatter data={points} isAnimationActive={false} shape={() => <g />} />
        </ScatterChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const shortened = (name: string): string => (name.length > 20 ? `${name.slice(0, 19)}…` : name);

function Whiskers({ rows, max }: { readonly rows: readonly BiasRow[]; readonly max: number }) {
  const plot = usePlotArea();
  if (!plot) return null;
  const band = plot.height / rows.length;
  return (
    <g>
      {rows.map(({ lane, n, figure }, i) => {
        const y = plot.y + (i + 0.5) * band;
        const x = (value: number) => plot.x + (Math.min(value, max) / max) * plot.width;
        if (!figure) {
          return (
            <text key={lane} x={plot.x + 8} y={y + 4} fontSize={12.5} fill={TOKEN.muted}>
              no person read yet
            </text>
          );
        }
        const within = figure.value <= figure.floor;
        return (
          <g key={lane}>
            <rect
              x={plot.x}
              y={y - 13}
              width={x(figure.floor) - plot.x}
              height={26}
              rx={3}
              fill={TOKEN.floor}
              opacity={0.22}
            />
            <path d={`M${x(figure.floor)} ${y - 13}v26`} stroke={TOKEN.floor} strokeWidth={1} />
            <path
              d={`M${x(figure.low)} ${y}H${x(figure.high)}M${x(figure.low)} ${y - 5}v10M${x(figure.high)} ${y - 5}v10`}
              stroke={TOKEN.accent}
              strokeWidth={1.75}
            />
            <circle
              cx={x(figure.value)}
              cy={y}
              r={6}
              fill={within ? TOKEN.surface : TOKEN.accent}
              stroke={TOKEN.accent}
              strokeWidth={2}
            />
            <text x={plot.x + plot.width + 92} y={y + 4.5} fontSize={13} textAnchor="end" fill={TOKEN.text}>
              <tspan fontWeight={650}>{measure(figure.value)}</tspan>
              <tspan fill={TOKEN.muted}> n = {n}</tspan>
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** "0.62 (0.35 to 0.82), floor 0.20, n = 16": how a bias number is always written out. */
export function figureText({ value, low, high, floor }: BiasFigure, n: number): string {
  return `${measure(value)} (${measure(low)} to ${measure(high)}), floor ${measure(floor)}, n = ${n}`;
}

function biasSentence(rows: readonly BiasRow[], attribute: string): string {
  const parts = rows.map(
    ({ lane, n, figure }) => `${lane} ${figure ? figureText(figure, n) : 'not read yet'}`,
  );
  return `Bias-W of ${attribute.toLowerCase()} by lane, with 95 % interval and finite-sample floor: ${parts.join('; ')}.`;
}

function biasTable(rows: readonly BiasRow[]): DataTable {
  return {
    head: ['Lane', 'Bias-W', '95 % interval', 'Floor', 'n'],
    rows: rows.map(({ lane, n, figure }) =>
      figure
        ? [
            lane,
            measure(figure.value),
            `${measure(figure.low)} to ${measure(figure.high)}`,
            measure(figure.floor),
            String(n),
          ]
        : [lane, '–', '–', '–', '0'],
    ),
  };
}
