import { TOKEN } from '../ui/colours';

/** Room for the longest of these at 13 px, within what a phone can spare. */
export function labelWidth(titles: readonly string[]): number {
  return Math.min(132, Math.max(56, ...titles.map((title) => title.length * 6.9 + 16)));
}

/** A category's name at the left edge, in line with the chart's title. recharts fills in the props. */
export function AxisLabel(props: {
  readonly y?: number;
  readonly payload?: { readonly value: string | number };
  readonly tickFormatter?: (value: string | number) => string;
}) {
  const { y = 0, payload, tickFormatter } = props;
  const value = payload?.value ?? '';
  return (
    <text x={0} y={y + 4.5} fontSize={13} fill={TOKEN.text}>
      {tickFormatter ? tickFormatter(value) : value}
    </text>
  );
}
