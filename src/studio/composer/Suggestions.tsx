import { UnstyledButton } from '@mantine/core';
import { SUGGESTED_PROMPTS } from '../../core/world/prompts';
import { useSettings } from '../StudioContext';
import classes from './Suggestions.module.css';

/** Prompts that the embedded model knows, chosen to be skewed in different ways. */
export function Suggestions() {
  const prompt = useSettings((state) => state.prompt);
  const change = useSettings((state) => state.change);
  return (
    <ul className={classes.list} aria-label="Suggested prompts">
      {SUGGESTED_PROMPTS.filter((suggestion) => suggestion !== prompt).map((suggestion) => (
        <li key={suggestion}>
          <UnstyledButton className={classes.chip} onClick={() => change({ prompt: suggestion })}>
            {suggestion}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
