import type { CSSProperties } from 'react';
import type { AttributeInfo } from '../../workers/protocol';
import { percent } from '../ui/format';
import { ChartFrame } from './ChartFrame';
import classes from './CrossChart.module.css';

/** Two attributes crossed: one cell per combination, darker the more persons it holds. An empty cell is an answer too. */
export function CrossChart({
  cells,
  rows,
  columns,
  lane,
}: {
  readonly cells: readonly (readonly number[])[];
  readonly rows: AttributeInfo;
  readonly columns: AttributeInfo;
  readonly lane: string;
}) {
  const n = cells.flat().reduce((sum, x) => sum + x, 0);
  const most = Math.max(1, ...cells.flat());
  const title = `${rows.title} × ${columns.title.toLowerCase()}`;
  const parts = rows.values.flatMap((row, i) =>
    columns.values.map((column, j) => `${row.title}, ${column.title}: ${cells[i]?.[j] ?? 0}`),
  );
  return (
    <ChartFrame
      title={title}
      note={`n = ${n}`}
      label={`${title} as read in ${lane}, persons of ${n} with both read clearly. ${parts.join('; ')}.`}
      table={{
        head: ['', ...columns.values.map((value) => value.title)],
        rows: rows.values.map((row, i) => [
          row.title,
          ...columns.values.map((_, j) => String(cells[i]?.[j] ?? 0)),
        ]),
      }}
      testId="cross-chart"
    >
      <div className={classes.grid} style={{ '--columns': columns.values.length } as CSSProperties}>
        <span />
        {columns.values.map((column) => (
          <span key={column.id} className={classes.column}>
            {column.title}
          </span>
        ))}
        {rows.values.map((row, i) => (
          <Row key={row.id} title={row.title} cells={cells[i] ?? []} columns={columns} n={n} most={most} />
        ))}
      </div>
    </ChartFrame>
  );
}

function Row({
  title,
  cells,
  columns,
  n,
  most,
}: {
  readonly title: string;
  readonly cells: readonly number[];
  readonly columns: AttributeInfo;
  readonly n: number;
  readonly most: number;
}) {
  return (
    <>
      <span className={classes.row}>{title}</span>
      {columns.values.map((column, j) => {
        const count = cells[j] ?? 0;
        const weight = count / most;
        return (
          <span
            key={column.id}
            className={`${classes.cell} tabular`}
            data-empty={count === 0 || undefined}
            style={{ '--weight': weight } as CSSProperties}
          >
            {n > 0 ? percent(count / n) : '–'}
          </span>
        );
      })}
    </>
  );
}
