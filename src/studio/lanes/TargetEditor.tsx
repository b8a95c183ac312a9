import { Button, Popover, Slider, Text } from '@mantine/core';
import type { AttributeInfo } from '../../../workers/protocol';
import { percent } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useSettings } from '../StudioContext';
import { equalTarget, targetOf, withShare } from '../targets';
import classes from './TargetEditor.module.css';

/** The shares that a lane is measured against, and that methods with a quota aim at. */
export function TargetEditor({ attribute }: { readonly attribute: AttributeInfo }) {
  const targets = useSettings((state) => state.targets);
  const change = useSettings((state) => state.change);
  const target = targetOf(attribute, targets);
  const others = targets.filter((other) => other.attribute !== attribute.id);
  return (
    <Popover width={300} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="target" />} data-testid="target-button">
          Target
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600}>
          Target for {attribute.title.toLowerCase()}
        </Text>
        <Text size="xs" c="dimmed" mb="sm">
          {target
            ? 'The dashed line on the charts, and what methods with a quota aim at. What is fair here is yours to say.'
            : 'This attribute has no target, so it is counted but not judged.'}
        </Text>
        {target &&
          attribute.values.map((value) => {
            const share = target.shares[value.id] ?? 0;
            return (
              <div key={value.id} className={classes.row}>
                <span className={classes.name}>{value.title}</span>
                <span className="tabular">{percent(share)}</span>
                <Slider
                  className={classes.slider ?? ''}
                  value={Math.round(share * 100)}
                  onChange={(value_) =>
                    change({ targets: [...others, withShare(target, value.id, value_ / 100)] })
                  }
                  label={null}
                  thumbLabel={`Target share of ${value.title}, percent`}
                  size="sm"
                />
              </div>
            );
          })}
        <Button
          variant="light"
          size="compact-sm"
          mt="sm"
          onClick={() => change({ targets: [...others, equalTarget(attribute)] })}
        >
          Equal shares
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
