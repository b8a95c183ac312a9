import { Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { PromptReport } from '../../../workers/protocol';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { useModel, useSettings, useStudio } from '../StudioContext';
import classes from './PromptField.module.css';

/** The prompt, with what the tokenizer makes of it: length, what is cut, words the model has never seen. */
export function PromptField() {
  const prompt = useSettings((state) => state.prompt);
  const change = useSettings((state) => state.change);
  const report = usePromptReport(prompt);
  const learned = useLearnedWords();
  const unknown = report?.unknownWords.filter((word) => !learned.includes(word)) ?? [];
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <label htmlFor="prompt">Prompt</label>
        {report && (
          <span
            className={`${classes.count} tabular`}
            data-over={report.cutText !== '' || undefined}
            data-testid="token-count"
          >
            {report.tokenCount} of {report.maxTokens} tokens
          </span>
        )}
      </div>
      <Textarea
        id="prompt"
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={6}
        value={prompt}
        onChange={(event) => change({ prompt: event.currentTarget.value })}
        placeholder="a photo of a doctor"
        classNames={{ input: classes.input ?? '' }}
        aria-describedby="prompt-report composer-issues"
        data-testid="prompt-input"
      />
      <div id="prompt-report" className={classes.report}>
        {report && report.cutText !== '' && (
          <p data-testid="prompt-cut">
            The model reads {report.maxTokens} tokens. This part is ignored: <s>{report.cutText}</s>
          </p>
        )}
        {unknown.length > 0 && (
          <p data-testid="prompt-unknown">
            {unknown.map((word) => `“${word}”`).join(', ')} never stood in this model’s training captions. It
            still draws, but do not expect to see {unknown.length === 1 ? 'it' : 'them'}.
          </p>
        )}
      </div>
    </div>
  );
}

/** Words that a lane's trained variant learned: they mean something there, if in no other lane. */
function useLearnedWords(): readonly string[] {
  const lanes = useSettings((state) => state.lanes);
  const offered = useOfferedDeltas() ?? [];
  const used = offered.filter(({ id }) => lanes.some(({ delta }) => delta?.id === id));
  return used.flatMap(({ tokens }) => tokens.map((token) => token.replace(/^<|>$/g, '')));
}

function usePromptReport(prompt: string): PromptReport | null {
  const { client } = useStudio();
  const model = useModel();
  const [settled] = useDebouncedValue(prompt, 120);
  const [report, setReport] = useState<PromptReport | null>(null);
  useEffect(() => {
    if (!model) return;
    let current = true;
    void client.inspectPrompt(settled).then((answer) => {
      if (current && answer?.ok) setReport(answer.value);
    });
    return () => {
      current = false;
    };
  }, [client, model, settled]);
  return model ? report : null;
}
