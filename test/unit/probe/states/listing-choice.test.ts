import { describe, expect, it } from 'vitest';
import { ListingCount } from '../../../../src/probe/states/listing.ts';
import { ListingChoice } from '../../../../src/probe/states/listing-choice.ts';

const SIZE = { entries: 10_000, hidden: 0 };

/** Entries in TIME_WAIT, as many as there are numbers: the seconds each has left. */
function listing(...left: readonly number[]): ListingCount {
  const count = new ListingCount();
  for (const seconds of left) count.add(`tcp      6 ${seconds} TIME_WAIT src=198.18.1.2 dst=198.18.8.1 mark=0 use=1`);
  return count;
}

const many = (entries: number, left: number) => Array<number>(entries).fill(left);

/** What follows `now` seconds after a listing of `entries`. */
function choiceAfter(now: number, entries: ListingCount, { whole = true, shortest = 10, size = SIZE } = {}) {
  const choice = new ListingChoice(() => shortest);
  choice.looked({ at: 0, took: 0.01, count: entries, whole });
  return choice.choose(now, size);
}

describe('how much of a table is listed', () => {
  it('all of it at first, and as long as nothing in it can have expired', () => {
    expect(new ListingChoice(() => 1).choose(0, SIZE)).toEqual({ kind: 'whole' });
    expect(choiceAfter(0.5, listing())).toEqual({ kind: 'whole' });
    expect(choiceAfter(0.5, listing(...many(1000, 1)))).toEqual({ kind: 'whole' });
  });

  it('all of it in spite of a stray entry, until such add up', () => {
    const choice = new ListingChoice(() => 10);
    const look = (at: number) => choice.looked({ at, took: 0, count: listing(0, ...many(999, 9)), whole: true });
    const reclaimed = [0, 0.5, 1].map(look);
    expect(reclaimed).toEqual([0, 1, 1]);
    expect(choice.choose(1.5, SIZE).kind).toBe('slice');
  });

  it('a slice once entries expire, or may have come and gone between two listings', () => {
    expect(choiceAfter(0.5, listing(...many(10, 0), ...many(990, 4)))).toEqual({ kind: 'slice', lines: 50 });
    expect(choiceAfter(1.1, listing(...many(1000, 4)), { shortest: 1 })).toEqual({ kind: 'slice', lines: 50 });
    expect(choiceAfter(0.5, listing(...many(1000, 4)), { shortest: 0 })).toEqual({ kind: 'slice', lines: 50 });
  });

  it('never all of it after a slice, which does not know what the rest had left', () => {
    expect(choiceAfter(0.5, listing(...many(50, 9)), { whole: false }).kind).toBe('slice');
  });

  it('nothing where most entries of the look before have expired: no live one may be left to end a slice', () => {
    expect(choiceAfter(5, listing(...many(1000, 4)), { whole: false })).toEqual({ kind: 'none' });
    expect(choiceAfter(0.5, listing(...many(510, 0), ...many(490, 4)))).toEqual({ kind: 'none' });
  });

  it('nothing where a slice would hold too few entries to say something, ballast not counted', () => {
    const expiring = listing(...many(10, 0), ...many(990, 4));
    expect(choiceAfter(0.5, expiring, { size: { entries: 1900, hidden: 0 } })).toEqual({ kind: 'none' });
    expect(choiceAfter(0.5, expiring, { size: { entries: 2000, hidden: 0 } })).toEqual({ kind: 'slice', lines: 20 });
    expect(choiceAfter(0.5, expiring, { size: { entries: 262_144, hidden: 260_500 } })).toEqual({ kind: 'none' });
    expect(choiceAfter(0.5, expiring, { size: { entries: 262_144, hidden: 258_144 } })).toEqual({ kind: 'slice', lines: 1311 });
    expect(choiceAfter(0.5, expiring, { size: { entries: 2000, hidden: 2000 } })).toEqual({ kind: 'none' });
  });

  it('no more of a huge table than it takes', () => {
    expect(choiceAfter(20, listing(...many(1000, 90)), { size: { entries: 1e6, hidden: 0 } })).toEqual({
      kind: 'slice',
      lines: 3000,
    });
  });
});
