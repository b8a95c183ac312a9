/** What to do with a server's answer to a request for the rest of a file. */
export type Plan =
  /** Its body goes behind what is here. */
  | 'append'
  /** Its body is the whole file: what is here goes. */
  | 'replace'
  /** What is here goes, and the file is asked for from its beginning. */
  | 'restart'
  /** All of it is here. */
  | 'complete'
  /** The server is busy or broken for now. */
  | 'wait'
  /** It will not give the file. */
  | 'refused';

export interface Answer {
  readonly status: number;
  /** Of the header Content-Range. */
  readonly contentRange: string | null;
  readonly etag: string | null;
}

export interface Held {
  /** Bytes of the file that are here, and that it has in all. */
  readonly have: number;
  readonly size: number;
  /** Of the answer that these bytes came with; null if not known. */
  readonly etag: string | null;
}

/**
 * A plain Range request, checked by the answer's own ETag and Content-Range (RFC 9110, 14.4 and 8.8.3). If-Range would say the same to
 * the server, but it is no safelisted header: a hub's file servers on other origins would first have to be asked whether they take it.
 */
export function planFor({ have, size, etag }: Held, answer: Answer): Plan {
  const { status } = answer;
  if (status === 200) return have === 0 ? 'append' : 'replace';
  if (status === 206) {
    const range = parseRange(answer.contentRange);
    const changed = etag !== null && answer.etag !== null && etag !== answer.etag;
    return !changed && range.start === have && (range.total === null || range.total === size)
      ? 'append'
      : 'restart';
  }
  if (status === 416) return have === size ? 'complete' : 'restart';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'wait';
  return 'refused';
}

/** "bytes 100-999/1000"; a total of null stands for "*". A browser that hides the header from other origins gives none. */
function parseRange(header: string | null): { readonly start: number | null; readonly total: number | null } {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '');
  if (!match) return { start: null, total: null };
  return { start: Number(match[1]), total: match[2] === '*' ? null : Number(match[2]) };
}
