import type { PromptReport } from '../protocol';

/**
 * What is worth saying about a prompt that a method wrote: the page shows this for the user's own prompt while it is typed,
 * but what a method makes of it nobody else sees.
 * @returns a sentence, or undefined when nothing is lost.
 */
export function promptNote(laneName: string, { cutText, unknownWords }: PromptReport): string | undefined {
  const parts: string[] = [];
  if (unknownWords.length > 0) {
    parts.push(`holds words that no training caption held (${unknownWords.join(', ')})`);
  }
  if (cutText !== '') parts.push(`is too long, and "${cutText}" is ignored`);
  return parts.length > 0 ? `In the lane "${laneName}" the prompt ${parts.join(', and ')}.` : undefined;
}
