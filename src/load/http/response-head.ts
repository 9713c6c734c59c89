/** How the end of a body is known: by its length in bytes, by its chunks, or by the end of the connection. */
export type Framing = number | 'chunked' | 'stream';

export interface ResponseHead {
  readonly status: number;
  readonly framing: Framing;
}

// RFC 9112 §4, RFC 9110 §5.5 and §5.6.2. No folded lines (RFC 9112 §5.2), no bare CR or LF.
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/;
const FIELD = /([-!#$%&'*+.^_`|~\dA-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)\r\n/y;
const LENGTH = /^\d{1,15}[\t ]*$/;
const WITHOUT_BODY = new Set([204, 304]);

/**
 * The head of a response to a GET: status line and fields, each with its CR LF, one character a byte. Undefined when it is
 * not what RFC 9112 allows, or a change of protocol that nobody asked for (101). How the body is framed: RFC 9112 §6.3.
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [line, minor, code] = STATUS_LINE.exec(text) ?? [];
  if (line === undefined || code === '101') return undefined;
  let length: string | undefined;
  let encoding: string | undefined;
  for (FIELD.lastIndex = line.length; FIELD.lastIndex < text.length; ) {
    const [, name = '', value = ''] = FIELD.exec(text) ?? [];
    if (name === '') return undefined;
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== undefined) return undefined; // a sure sign of two programs that disagree
      length = value;
      if (!LENGTH.test(length)) return undefined;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      encoding = encoding === undefined ? value : `${encoding},${value}`;
    }
  }
  const status = Number(code);
  if (encoding !== undefined && (length !== undefined || minor === '0')) return undefined;
  if (status < 200 || WITHOUT_BODY.has(status)) return { status, framing: 0 };
  if (encoding !== undefined) return { status, framing: /(?:^|,)[\t ]*chunked[\t ]*$/i.test(encoding) ? 'chunked' : 'stream' };
  return { status, framing: length === undefined ? 'stream' : Number(length) };
}
