import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { STEPS } from '../../workers/laboratory/types';
import { ChartFrame } from '../charts/ChartFrame';
import { TOKEN } from '../ui/colours';
import { measure, percent } from '../ui/format';
import classes from './Laboratory.module.css';
import type { LaboratoryView } from './laboratoryStore';

const HEIGHT = 200;
const LINES = [
  { key: 'base', name: 'without an indicator', colour: TOKEN.muted },
  { key: 'ddm', name: 'with it', colour: TOKEN.accent },
] as const;

type Row = { readonly step: number; readonly base: number | null; readonly ddm: number | null };

/** How the drawn shares and the error go with the steps. */
export function Curves({
  view: { shares, points, settings },
  digits: [first],
}: {
  readonly view: LaboratoryView;
  readonly digits: readonly [number, number];
}) {
  const shareOf = ([a, b]: readonly [number, number]) => (a + b === 0 ? null : a / (a + b));
  const drawn: Row[] = shares.map(({ step, looks: [base, ddm] }) => ({
    step,
    base: shareOf(base.counts),
    ddm: shareOf(ddm.counts),
  }));
  const errors: Row[] = points.map(({ step, errors: [base, ddm] }) => ({ step, base, ddm }));
  // Of the left network the indicator is not shown: nothing follows from it.
  const told: Row[] = points.map(({ step, indicators: [, ddm] }) => ({ step, base: null, ddm }));
  return (
    <div className={classes.curves}>
      <Curve
        title={`Share of ${first} among what is drawn`}
        rows={drawn}
        write={percent}
        lines={[
          { y: settings.share, label: 'shown to them' },
          { y: 0.5, label: 'even' },
        ]}
        testId="laboratory-shares"
      />
      <Curve
        title="Error of what is predicted"
        rows={errors}
        write={measure}
        lines={[]}
        testId="laboratory-errors"
      />
      <Curve
        title="How well the indicator tells the digits apart"
        rows={told}
        write={percent}
        lines={[]}
        testId="laboratory-indicator"
      />
    </div>
  );
}

function Curve({
  title,
  rows,
  write,
  lines,
  testId,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly write: (value: number) => string;
  readonly lines: readonly { readonly y: number; readonly label: string }[];
  readonly testId: string;
}) {
  const shown = LINES.filter(({ key }) => rows.some((row) => row[key] !== null));
  const last = rows.at(-1);
  const said = shown
    .map(({ key, name }) => `${name} ${last?.[key] == null ? 'not yet' : write(last[key])}`)
    .join(', ');
  return (
    <ChartFrame
      title={title}
      label={`${title} after step ${last?.step ?? 0}: ${said}`}
      table={{
        head: ['Step', ...shown.map(({ name }) => name)],
        rows: rows.map((row) => [
          String(row.step),
          ...shown.map(({ key }) => (row[key] === null ? '–' : write(row[key]))),
        ]),
      }}
      testId={testId}
    >
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <LineChart
          data={[...rows]}
          margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke={TOKEN.line} vertical={false} />
          <XAxis
            type="number"
            dataKey="step"
            domain={[0, STEPS]}
            ticks={[0, STEPS / 3, (2 * STEPS) / 3, STEPS]}
            tick={{ fontSize: 11, fill: TOKEN.muted }}
            tickLine={false}
          />
          <YAxis
            domain={[0, 1]}
            ticks={[0, 0.5, 1]}
            tickFormatter={write}
            width={52}
            axisLine={false}
            tickLine={false}
            tick={{ fontSize: 11, fill: TOKEN.muted }}
          />
          {lines.map(({ y, label }) => (
            <ReferenceLine
              key={label}
              y={y}
              stroke={TOKEN.floor}
              strokeDasharray="4 4"
              label={{ value: label, position: 'insideBottomRight', fontSize: 11, fill: TOKEN.muted }}
            />
          ))}
          {shown.map(({ key, colour }) => (
            <Line
              key={key}
              dataKey={key}
              stroke={colour}
              strokeWidth={2}
              dot={false}
              isAnimationActive={false}
              connectNulls
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
      {shown.length > 1 && (
        <ul className={classes.key}>
          {shown.map(({ key, name, colour }) => (
            <li key={key}>
              <span style={{ background: colour }} /> {name}
            </li>
          ))}
        </ul>
      )}
    </ChartFrame>
  );
}
