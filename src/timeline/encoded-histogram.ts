import { inflateSync } from 'node:zlib';

const COMPRESSED_V2 = 0x1c849314;
const PLAIN_V2 = 0x1c849313;
const HEADER_BYTES = 40;
const DIGITS = 3;
/** Bytes inflated at a time; most slices have fewer. */
const CHUNK = 4096;
/** Steps of a doubling at 3 digits: 2 × 10³, as the next power of two, halved. */
const HALF = 1024;

/** Bytes of an inflated histogram: every count of it in nine bytes, as many as it has. */
const LARGEST = 2 ** 20;
/** The last index of a histogram laid out for all of 53 bits. */
const LAST_INDEX = 44 * HALF;

/** Histograms count µs; what is read out of them is milliseconds. */
export const MICROSECONDS_PER_MILLISECOND = 1000;

/** What is known of an encoded HdrHistogram besides its counts. */
export interface HistogramShape {
  /** Doublings it was laid out for. */
  readonly buckets: number;
  /** The last index that counts something; -1 when none does. */
  readonly last: number;
}

/**
 * Reads HdrHistogram's compressed V2 encoding, in base64, of whole values with 3 digits: calls `each` for every index that
 * counts something, ascending (see `lowerEnd` and `upperEnd`). Nothing is built, for a long run has tens of thousands.
 * @throws {Error} when `data` is anything else.
 */
export function readHistogram(data: string, each: (index: number, count: number) => void): HistogramShape {
  const { highest, words } = unpack(data);
  let index = 0;
  let last = -1;
  for (let at = 0; at < words.length; ) {
    let value = 0;
    for (let scale = 1, more = true; more; scale *= 128) {
      const byte = words[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      more = byte >= 0x80;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new Error('a count that is none');
    // ZigZag: odd for a negative number, which stands for so many zeros
    if (value % 2 === 1) {
      index += (value + 1) / 2;
      continue;
    }
    if (index >= LAST_INDEX) throw new Error('more counts than a histogram has');
    if (value > 0) {
      each(index, value / 2);
      last = index;
    }
    index++;
  }
  return { buckets: histogramBuckets(highest), last };
}

/** The highest value it was laid out for, and its counts, LEB128 ZigZag. */
function unpack(data: string): { readonly highest: number; readonly words: Uint8Array } {
  const packed = Buffer.from(data, 'base64');
  if (packed.length < 8 || packed.readInt32BE(0) !== COMPRESSED_V2) throw new Error('not a compressed V2 histogram');
  const plain = inflateSync(packed.subarray(8, 8 + packed.readInt32BE(4)), { chunkSize: CHUNK, maxOutputLength: LARGEST });
  if (plain.length < HEADER_BYTES) throw new Error('cut short');
  if (plain.readInt32BE(0) !== PLAIN_V2 || plain.readInt32BE(12) !== DIGITS || plain.readBigInt64BE(16) !== 1n)
    throw new Error(`not a V2 histogram of whole values with ${DIGITS} digits`);
  const words = plain.subarray(HEADER_BYTES, HEADER_BYTES + plain.readInt32BE(4));
  return { highest: Number(plain.readBigInt64BE(24)), words };
}

/** Doublings from 2047 up that take in `value`, and the values up to there as one more. */
export function histogramBuckets(value: number): number {
  let buckets = 1;
  while (value > highestOf(buckets)) buckets++;
  return buckets;
}

/** The highest value `buckets` take in. */
export function highestOf(buckets: number): number {
  return HALF * 2 ** buckets - 1;
}

/** The lowest value counted at `index`. */
export function lowerEnd(index: number): number {
  return index < 2 * HALF ? index : ((index % HALF) + HALF) * stepAt(index);
}

/** The highest. */
export function upperEnd(index: number): number {
  return index < 2 * HALF ? index : lowerEnd(index) + stepAt(index) - 1;
}

function stepAt(index: number): number {
  return 2 ** (Math.floor(index / HALF) - 1);
}
