import { Bar, BarChart, Cell, ResponsiveContainer, usePlotArea, XAxis, YAxis, ZIndexLayer } from 'recharts';
import type { Corrected } from '../core/metrics';
import { needsEdge, TOKEN } from '../ui/colours';
import { measure, percent } from '../ui/format';
import { AxisLabel, labelWidth } from './AxisLabel';
import { ChartFrame, type DataTable } from './ChartFrame';
import type { ShareRow, Summary } from './summary';

const ROW = 34;
const VALUE = 54;
/** recharts draws bars at 300 and axes at 500. */
const ABOVE_BARS = 400;

/** Who appears in one lane: a bar per value with its interval, the target line, and the band that chance alone explains. */
export function SharesChart({
  summary,
  lane,
  guess,
  corrected = null,
}: {
  readonly summary: Summary;
  readonly lane: string;
  /** The shares without the reader's known mistakes; null: not known, or not computed yet. */
  readonly corrected?: (Corrected & { readonly on: string }) | null;
  /** What somebody expected, if it is about this attribute. */
  readonly guess: { readonly value: string; readonly share: number } | null;
}) {
  const { rows, attribute, n } = summary;
  const marked =
    corrected && rows.some(({ share }, k) => differs(share, corrected.shares[k]!)) ? corrected : null;
  return (
    <ChartFrame
      title={attribute.title}
      note={`n = ${n}`}
      label={`${shareSentence(summary, lane)}${guessSentence(summary, guess)}`}
      {...(marked && {
        hint: `Circles: shares without the mistakes that this reader makes on ${marked.on}.`,
      })}
      table={shareTable(summary, corrected)}
      testId="shares-chart"
    >
      <ResponsiveContainer width="100%" height={rows.length * ROW + 22}>
        <BarChart
          data={rows}
          layout="vertical"
          margin={{ top: 0, right: VALUE, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis
            type="number"
            domain={[0, 1]}
            ticks={[0, 0.5, 1]}
            tickFormatter={(share: number) => `${share * 100} %`}
            axisLine={false}
            tickLine={false}
            height={20}
            tick={{ fontSize: 11, fill: TOKEN.muted }}
          />
          <YAxis
            type="category"
            dataKey="title"
            width={labelWidth(rows.map(({ title }) => title))}
            axisLine={false}
            tickLine={false}
            tick={<AxisLabel />}
            interval={0}
          />
          <Under rows={rows} />
          <Bar dataKey="share" barSize={14} radius={[0, 4, 4, 0]} isAnimationActive={false}>
            {rows.map((row) => (
              <Cell
                key={row.id}
                fill={row.colour}
                {...(needsEdge(attribute.id) ? { stroke: TOKEN.floor, strokeWidth: 0.75 } : {})}
              />
            ))}
          </Bar>
          <ZIndexLayer zIndex={ABOVE_BARS}>
            <Over rows={rows} n={n} guess={guess} corrected={marked} />
          </ZIndexLayer>
        </BarChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

/** Below the bars: the whole range as a quiet track, and the band of chance around the target. */
function Under({ rows }: { readonly rows: readonly ShareRow[] }) {
  const plot = usePlotArea();
  if (!plot) return null;
  const band = plot.height / rows.length;
  return (
    <g>
      {rows.map((row, i) => (
        <g key={row.id}>
          <rect
            x={plot.x}
            y={plot.y + (i + 0.5) * band - 7}
            width={plot.width}
            height={14}
            rx={4}
            fill="var(--eh-sunken)"
          />
          {row.chance && (
            <rect
              x={plot.x + row.chance.low * plot.width}
              y={plot.y + (i + 0.5) * band - 12}
              width={(row.chance.high - row.chance.low) * plot.width}
              height={24}
              rx={3}
              fill={TOKEN.floor}
              opacity={0.2}
            />
          )}
        </g>
      ))}
    </g>
  );
}

/** Above the bars: interval, target and the share in words. */
function Over({
  rows,
  n,
  guess,
  corrected,
}: {
  readonly rows: readonly ShareRow[];
  readonly n: number;
  readonly corrected: Corrected | null;
  readonly guess: { readonly value: string; readonly share: number } | null;
}) {
  const plot = usePlotArea();
  if (!plot) return null;
  const band = plot.height / rows.length;
  return (
    <g>
      {rows.map((row, i) => {
        const y = plot.y + (i + 0.5) * band;
        const x = (share: number) => plot.x + share * plot.width;
        return (
          <g key={row.id}>
            {row.target !== null && (
              <path
                d={`M${x(row.target)} ${y - 13}v26`}
                stroke={TOKEN.accent}
                strokeWidth={2}
                strokeDasharray="3 2.5"
              />
            )}
            {n > 0 && (
              <path
                d={`M${x(row.low)} ${y}H${x(row.high)}M${x(row.low)} ${y - 4}v8M${x(row.high)} ${y - 4}v8`}
                stroke={TOKEN.surface}
                strokeWidth={4}
                opacity={0.85}
              />
            )}
            {n > 0 && (
              <path
                d={`M${x(row.low)} ${y}H${x(row.high)}M${x(row.low)} ${y - 4}v8M${x(row.high)} ${y - 4}v8`}
                stroke={TOKEN.text}
                strokeWidth={1.5}
              />
            )}
            {corrected && (
              <circle
                cx={x(corrected.shares[i]!)}
                cy={y}
                r={5}
                fill={TOKEN.surface}
                stroke={TOKEN.text}
                strokeWidth={1.75}
              />
            )}
            {guess?.value === row.id && (
              <path
                d={`M${x(guess.share)} ${y - 7}l7 7l-7 7l-7 -7z`}
                fill={TOKEN.surface}
                stroke={TOKEN.text}
                strokeWidth={1.75}
              />
            )}
            <text
              x={plot.x + plot.width + VALUE}
              y={y + 4.5}
              textAnchor="end"
              fontSize={13}
              fontWeight={600}
              fill={TOKEN.text}
            >
              {n > 0 ? percent(row.share) : '–'}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function guessSentence(
  { rows }: Summary,
  guess: { readonly value: string; readonly share: number } | null,
): string {
  const row = rows.find(({ id }) => id === guess?.value);
  return row && guess ? ` The guess was ${row.title} ${percent(guess.share)}.` : '';
}

/** Smaller corrections would hide behind the end of the bar. */
const differs = (share: number, corrected: number): boolean => Math.abs(share - corrected) >= 0.01;

const span = (low: number, high: number): string => `${percent(low)} to ${percent(high)}`;

export function shareSentence({ attribute, rows, n, interval }: Summary, lane: string): string {
  if (n === 0) return `${attribute.title} as read in ${lane}: no person read yet.`;
  const parts = rows.map(({ title, share, low, high }) => `${title} ${percent(share)} (${span(low, high)})`);
  return `${attribute.title} as read in ${lane}, shares of ${n} persons with 95 % ${interval} intervals: ${parts.join(', ')}.`;
}

export function shareTable({ rows, n, interval }: Summary, corrected: Corrected | null = null): DataTable {
  const head = ['Value', 'Persons', 'Share', `95 % ${interval}`, 'Target', 'By chance', 'Mean probability'];
  return {
    head: corrected ? [...head, 'Corrected', '95 % bootstrap'] : head,
    rows: rows.map((row, k) => [
      row.title,
      String(row.count),
      n > 0 ? percent(row.share) : '–',
      n > 0 ? span(row.low, row.high) : '–',
      row.target === null ? '–' : percent(row.target),
      row.chance ? span(row.chance.low, row.chance.high) : '–',
      measure(row.soft),
      ...(corrected
        ? [percent(corrected.shares[k]!), span(corrected.intervals[k]!.low, corrected.intervals[k]!.high)]
        : []),
    ]),
  };
}
