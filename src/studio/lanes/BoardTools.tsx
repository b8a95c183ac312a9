import { ActionIcon, Group, NativeSelect, SegmentedControl, Tooltip } from '@mantine/core';
import type { AttributeInfo } from '../../../workers/protocol';
import { Icon } from '../../ui/icons';
import { AddLane } from '../picker/AddLane';
import { useSettings } from '../StudioContext';
import classes from './BoardTools.module.css';
import { TargetEditor } from './TargetEditor';

/** Which attribute the charts show, what it is crossed with and measured against, and how the lanes lie. */
export function BoardTools({ attributes }: { readonly attributes: readonly AttributeInfo[] }) {
  const { cross, view, change } = useSettings((state) => state);
  const shown = useShownAttribute(attributes);
  // The place is kept while the model loads, so that nothing jumps when it is there.
  if (!shown) return <div className={classes.waiting} />;
  return (
    <div className={classes.tools}>
      <div className={classes.attributes}>
        <SegmentedControl
          data={attributes.map(({ id, title }) => ({ value: id, label: shortTitle(title) }))}
          value={shown.id}
          onChange={(attribute) => change({ attribute, ...(attribute === cross ? { cross: '' } : {}) })}
          aria-label="Attribute on the charts"
          data-testid="attribute-switch"
        />
      </div>
      <Group gap={6}>
        <AddLane />
        <NativeSelect
          aria-label="Cross with another attribute"
          value={cross === shown.id ? '' : cross}
          onChange={(event) => change({ cross: event.currentTarget.value })}
          data={[
            { value: '', label: 'Not crossed' },
            ...attributes
              .filter(({ id }) => id !== shown.id)
              .map(({ id, title }) => ({ value: id, label: `× ${shortTitle(title).toLowerCase()}` })),
          ]}
          data-testid="cross-select"
        />
        <TargetEditor attribute={shown} />
        <Tooltip label={view === 'columns' ? 'One lane per row' : 'One lane per column'}>
          <ActionIcon
            variant="default"
            size={36}
            onClick={() => change({ view: view === 'columns' ? 'rows' : 'columns' })}
            aria-label={view === 'columns' ? 'Show one lane per row' : 'Show one lane per column'}
            data-testid="view-switch"
          >
            <Icon name={view === 'columns' ? 'rows' : 'columns'} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  );
}

/** The attribute of the settings, or the first where a link names one that this model does not have. */
export function useShownAttribute(attributes: readonly AttributeInfo[]): AttributeInfo | undefined {
  const wanted = useSettings((state) => state.attribute);
  return attributes.find(({ id }) => id === wanted) ?? attributes[0];
}

/** "Skin tone (Monk)" is "Skin tone" where room is short. */
const shortTitle = (title: string): string => title.replace(/ \(.*\)$/, '');
