import { isIPv6 } from 'node:net';

/** What a query asks for; the numbers are the protocol's (RFC 1035, RFC 3596). */
export const RECORD_TYPES = { A: 1, AAAA: 28 } as const;
export type RecordType = keyof typeof RECORD_TYPES;

const INTERNET = 1;
const HEADER_BYTES = 12;
const RECURSION_DESIRED = 0x01_00;
const RESPONSE = 0x81_80; // QR, RD and RA, no error
/** A name in the answer: where it stands in the question (RFC 1035, 4.1.4). */
const SAME_NAME = 0xc0_0c;
const TTL = 30; // seconds, that of CoreDNS for the names of a cluster

/** A query for one record of `name`, as resolvers send it. `id` is a number of 16 bits. */
export function queryOf(id: number, name: string, type: RecordType): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4); // questions
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  const tail = Buffer.alloc(5); // the root's empty label, type and class
  tail.writeUInt16BE(RECORD_TYPES[type], 1);
  tail.writeUInt16BE(INTERNET, 3);
  return Buffer.concat([header, ...labels, tail]);
}

/** The answer to a query of `queryOf`, with one record; undefined for any other bytes. */
export function answerTo(query: Buffer, addresses: { readonly A: string; readonly AAAA: string }): Buffer | undefined {
  const end = endOfName(query, HEADER_BYTES);
  if (end === undefined || end + 4 > query.length || query.readUInt16BE(4) !== 1) return undefined;
  const type = typeOf(query.readUInt16BE(end));
  if (type === undefined) return undefined;
  const question = query.subarray(0, end + 4);
  const data = addressBytes(addresses[type]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(SAME_NAME, 0);
  record.writeUInt16BE(RECORD_TYPES[type], 2);
  record.writeUInt16BE(INTERNET, 4);
  record.writeUInt32BE(TTL, 6);
  record.writeUInt16BE(data.length, 10);
  const answer = Buffer.concat([question, record, data]);
  answer.writeUInt16BE(RESPONSE, 2);
  answer.writeUInt16BE(1, 6); // answers
  return answer;
}

/** Which query an answer with a record is for; undefined for any other bytes. */
export function answered(bytes: Buffer): { readonly id: number; readonly type: RecordType } | undefined {
  const end = endOfName(bytes, HEADER_BYTES);
  if (end === undefined || end + 4 > bytes.length) return undefined;
  if (bytes.readUInt16BE(2) !== RESPONSE || bytes.readUInt16BE(6) === 0) return undefined;
  const type = typeOf(bytes.readUInt16BE(end));
  return type && { id: bytes.readUInt16BE(0), type };
}

function typeOf(number: number): RecordType | undefined {
  if (number === RECORD_TYPES.A) return 'A';
  return number === RECORD_TYPES.AAAA ? 'AAAA' : undefined;
}

/** Where what follows a name begins; undefined when it does not end. */
function endOfName(bytes: Buffer, start: number): number | undefined {
  for (let at = start; at < bytes.length; ) {
    const length = bytes[at] as number;
    if (length === 0) return at + 1;
    at += 1 + length;
  }
  return undefined;
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(front), groups(back)];
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
