/** The head of an HTTP/1.1 message: its first line, and its fields by lower-case name (repeated ones joined by commas). */
export interface HttpHead {
  readonly line: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Bytes a head may have: what Node allows. */
const MOST_HEAD = 16_384;
const END = '\r\n\r\n';
// RFC 9110 §5.5 and §5.6.2: no folded lines, no space before the colon, no control characters.
const FIELD = /^([-!#$%&'*+.^_`|~\dA-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;

/** `text` is the head without its last two line ends, one character a byte. Undefined when it is not what RFC 9112 allows. */
export function parseHead(text: string): HttpHead | undefined {
  const [line = '', ...rest] = text.split('\r\n');
  const fields = new Map<string, string>();
  for (const field of rest) {
    const [, name, value = ''] = FIELD.exec(field) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before},${value}`);
  }
  return { line, fields };
}

/** Gathers a head that may come in pieces. */
export class HeadReader {
  #text = '';

  /**
   * The head's text, for `parseHead`, and what came behind it; undefined while it is not complete, `malformed` once it is too
   * long.
   */
  read(chunk: Buffer): { readonly text: string; readonly rest: Buffer } | 'malformed' | undefined {
    const before = this.#text.length;
    this.#text += chunk.toString('latin1', 0, MOST_HEAD + END.length - before);
    const end = this.#text.indexOf(END, Math.max(0, before - END.length));
    if (end >= 0) return { text: this.#text.slice(0, end), rest: chunk.subarray(end + END.length - before) };
    return this.#text.length >= MOST_HEAD + END.length ? 'malformed' : undefined;
  }
}

/** Whether a comma-separated field such as `Connection` has `token`, in whatever case. */
export function hasToken(value: string | undefined, token: string): boolean {
  return value?.split(',').some((part) => part.trim().toLowerCase() === token) ?? false;
}
