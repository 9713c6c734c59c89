import type { Because, Judged } from '../../model/result/incident-because.ts';
import type { CapturedLog } from '../../model/timeline/captured.ts';
import { figuresOf, judgeByCounters, judgeCounters } from './counted.ts';
import type { Gauges } from './gauges.ts';
import type { Rise, Rises } from './rises.ts';

/** A table this full is full as soon as its load grows a little. */
const FULL = 0.99;

/**
 * Whether the table was full. The kernel counts a drop without a refused insertion (`insert_failed`) where it finds no free entry; it also
 * does where it has no memory for one, or a helper refuses a packet, so that something else has to show the full table.
 */
export function tableFull(rises: Rises, { entries, limit }: Gauges, log: CapturedLog): Judged {
  const drop = rises.of('drop');
  const judged = (certainty: Judged['certainty'], ...because: Because[]): Judged => ({
    cause: 'table-full',
    certainty,
    because,
    figures: figuresOf(rises, ['drop', 'insert_failed', 'early_drop']),
  });
  const isFull = entries !== undefined && limit !== undefined && entries >= FULL * limit;
  const read: Because[] =
    entries === undefined || limit === undefined ? [] : [{ code: isFull ? 'full-when-read' : 'room-when-read', entries, limit }];
  const drops = dropsWithoutRoom(rises, ({ rise }) => rise);
  const rose: Because[] =
    drops === null || drops.drops <= 0
      ? []
      : [{ code: 'drops', ...drops, witnessed: log.tableFull > 0 || isFull || evicted(rises) }];
  if (log.tableFull > 0) {
    if (drop?.rise === 0) return judged('possible', { code: 'logged-elsewhere', lines: log.tableFull }, ...read);
    const { tableFull: lines, firstTableFull: first = '', lastTableFull: last = '', namespaces } = log;
    return judged('certain', { code: 'logged', lines, first, last, namespaces: [...namespaces] }, ...rose, ...read);
  }
  if (rose.length > 0) return judged(isFull || evicted(rises) ? 'certain' : 'likely', ...rose, ...read);
  if (isFull) return judged('likely', ...read);
  if (drop === undefined) return judged('unknown', { code: 'unseen' }, ...read);
  if (drops !== null && (drop.rise ?? 0) > 0) return judged('no', { code: 'drops-of-refused', drops: drop.rise ?? 0 }, ...read);
  const { certainty, because } = judgeCounters(rises, ['drop']);
  return judged(certainty, because, ...read);
}

/** Early drop looks for entries to evict only where the table is full: the counter is proof of it. */
export function earlyDrop(rises: Rises): Judged {
  return judgeByCounters('early-drop', rises, ['early_drop']);
}

function evicted(rises: Rises): boolean {
  return (rises.of('early_drop')?.rise ?? 0) > 0;
}

/** Chains of the hash table too long, counted as `chaintoolong`; as a refused insertion, too, for those who print no more. */
export function hashChains(rises: Rises): Judged {
  const judged = judgeByCounters('hash-chains-full', rises, ['chainlength']);
  if (judged.certainty !== 'unknown') return judged;
  const refused = judgeByCounters('hash-chains-full', rises, ['insert_failed']);
  return refused.certainty === 'no' ? refused : judged;
}

/** Entries that the kernel did not insert, those of long chains left out; null where the readings do not say. */
export function refusedInsertions(rises: Rises): number | null {
  return refused(rises, ({ rise }) => rise);
}

function refused(rises: Rises, of: (rise: Rise) => number | null): number | null {
  const failed = rises.of('insert_failed');
  const all = failed === undefined ? null : of(failed);
  if (all === null) return null;
  const long = rises.of('chainlength');
  return Math.max(0, all - ((long === undefined ? null : of(long)) ?? 0));
}

/** Dropped packets for which no insertion was refused: nf_ct_resolve_clash counts both. */
function dropsWithoutRoom(rises: Rises, of: (rise: Rise) => number | null): { drops: number; refused: number } | null {
  const drop = rises.of('drop');
  const all = drop === undefined ? null : of(drop);
  if (all === null) return null;
  const count = refused(rises, of) ?? 0;
  return { drops: all - count, refused: count };
}
