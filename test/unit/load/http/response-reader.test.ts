import { describe, expect, it } from 'vitest';
import { ResponseReader } from '../../../../src/load/http/response-reader.ts';

/** What the reader says after each part, and the status. */
function fed(...parts: readonly string[]): readonly [...string[], number] {
  const reader = new ResponseReader();
  return [...parts.map((part) => reader.read(Buffer.from(part, 'latin1'))), reader.status];
}

const OK = 'HTTP/1.1 200 OK\r\n';

/** Whole responses: each has to be read the same however it is cut. */
const WHOLE: readonly (readonly [name: string, text: string, status: number])[] = [
  ['with a length', `${OK}Server: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n`, 200],
  ['of length 0', `${OK}content-length:0  \r\n\r\n`, 200],
  ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
  ['not modified, whatever length it names', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n', 304],
  ['without a reason', 'HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n', 503],
  ['with other bytes than ASCII', 'HTTP/1.1 404 caf\xe9\r\nX: \xfc\r\nContent-Length: 1\r\n\r\n\xff', 404],
  ['after an informational one', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`, 200],
  [
    'in chunks',
    `${OK}Transfer-Encoding: gzip\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0A;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n`,
    200,
  ],
  ['in no chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 200],
];

describe('ResponseReader', () => {
  it.each(WHOLE)('reads a response %s', (_, text, status) => {
    expect(fed(text)).toEqual(['complete', status]);
  });

  it.each(WHOLE)('reads a response %s byte by byte', (_, text, status) => {
    expect(fed(...text)).toEqual([...Array.from({ length: text.length - 1 }, () => 'more'), 'complete', status]);
  });

  it.each(WHOLE)('reads a response %s in two parts, wherever it is cut', (_, text, status) => {
    for (let at = 1; at < text.length; at++) expect(fed(text.slice(0, at), text.slice(at))).toEqual(['more', 'complete', status]);
  });

  it('ignores what follows', () => {
    expect(fed(`${OK}Content-Length: 2\r\n\r\nok and more`)).toEqual(['complete', 200]);
  });

  it('knows the status before the body is there', () => {
    expect(fed(`${OK}Content-Length: 2\r\n\r\no`)).toEqual(['more', 200]);
    expect(fed('HTTP/1.1 103 Early Hints\r\n\r\n')).toEqual(['more', 0]);
  });

  it.each([
    ['without length or chunks', `${OK}\r\nbody`],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['in an encoding that is not chunked', `${OK}Transfer-Encoding: gzip\r\n\r\n`],
  ])('takes the end of the connection for the end of a response %s', (_, text) => {
    const reader = new ResponseReader();
    expect(reader.endsWithStream).toBe(false);
    expect(reader.read(Buffer.from(text))).toBe('more');
    expect(reader.endsWithStream).toBe(true);
  });

  it.each([
    ['a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['a body', `${OK}Content-Length: 5\r\n\r\nok`],
    ['a chunked body', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`],
  ])('does not when it cuts %s', (_, text) => {
    const reader = new ResponseReader();
    expect(reader.read(Buffer.from(text))).toBe('more');
    expect(reader.endsWithStream).toBe(false);
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a field without a colon', `${OK}nonsense\r\n\r\n`],
    ['a space before the colon', `${OK}Content-Length : 2\r\n\r\nok`],
    ['a folded line', `${OK}A: b\r\n c\r\n\r\n`],
    ['a bare CR', `${OK}A: b\rC: d\r\n\r\n`],
    ['a bare LF', `${OK}A: b\nC: d\r\n\r\n`],
    ['a NUL', `${OK}A: b\0\r\n\r\n`],
    ['a negative length', `${OK}Content-Length: -1\r\n\r\n`],
    ['a length with a sign', `${OK}Content-Length: +2\r\n\r\nok`],
    ['no length in its field', `${OK}Content-Length: \r\n\r\n`],
    ['a length beyond all measure', `${OK}Content-Length: 9999999999999999\r\n\r\n`],
    ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
    ['a length and chunks', `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok`],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk without a size', `${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`],
    ['a chunk whose size is no number', `${OK}Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n`],
    ['a chunk longer than its size', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\noki\r\n`],
    ['a trailer that is none', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n`],
    ['a head without end', `${OK}A: ${'b'.repeat(17_000)}`],
    ['a chunk size without end', `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(5000)}`],
    ['a trailer without end', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'A: b\r\n'.repeat(101)}`],
  ])('refuses %s', (_, text) => {
    expect(fed(text)[0]).toBe('malformed');
    expect(new Set(fed(...text).slice(0, -1))).toContain('malformed');
  });
});
