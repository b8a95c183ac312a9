import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons';
import { ScrollRegion } from '../ui/ScrollRegion';
import classes from './ChartFrame.module.css';

export interface DataTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart with its words: what it shows in one sentence for a screen reader, and its numbers as a table on a press. */
export function ChartFrame({
  title,
  note,
  hint,
  label,
  table,
  children,
  testId,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  /** A line under the title, for how to read the chart. */
  readonly hint?: string;
  /** The chart's content in words. */
  readonly label: string;
  readonly table: DataTable;
  readonly children: ReactNode;
  readonly testId?: string;
}) {
  const [asTable, { toggle }] = useDisclosure(false);
  return (
    <figure className={classes.frame} data-testid={testId}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        <span className={classes.note}>{note}</span>
        <Tooltip label={asTable ? 'Show the chart' : 'Show the numbers'}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={toggle}
            aria-label={`${title}: ${asTable ? 'show the chart' : 'show the numbers as a table'}`}
            data-testid={testId && `${testId}-table-toggle`}
          >
            <Icon name={asTable ? 'chart' : 'table'} size={16} />
          </ActionIcon>
        </Tooltip>
      </figcaption>
      {hint && <p className={classes.hint}>{hint}</p>}
      {asTable ? (
        <NumberTable table={table} caption={label} />
      ) : (
        <div role="img" aria-label={label}>
          {children}
        </div>
      )}
    </figure>
  );
}

function NumberTable({ table, caption }: { readonly table: DataTable; readonly caption: string }) {
  return (
    <ScrollRegion className={classes.scroll} label={caption}>
      <table className={`${classes.table} tabular`}>
        <thead>
          <tr>
            {table.head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(([first = '', ...rest]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {rest.map((cell, i) => (
                <td key={table.head[i + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
