import type { Accounting } from '../../model/result/summary.ts';
import type { Reconciliation } from '../accounting/accounting.ts';
import type { RunLog } from '../log/run-log.ts';
import { unanswered, unansweredWhileDropping } from './unanswered.ts';

export type ShareInputs = Pick<RunLog, 'loads' | 'tables'> & {
  readonly accounting: Accounting;
  readonly reconciliation: Reconciliation;
  /** By how much attempts may have started late. */
  readonly scheduleLagMs: number;
};

/**
 * Share of the attempts due from `affectedFrom` on that went unanswered because of the gateway's table; 1 where its drops
 * explain all that clients felt. Where they do not, the kernel's drops set the share:
 * - of the packets that clients miss, it dropped so many; what went unanswered before the first drop counts as the others' first;
 * - SYNs that met TIME_WAIT at the backend are no part of the accounting, but attempts feel them: at most one attempt a drop;
 * - where it dropped more than clients miss, it dropped packets of others too: only attempts due while it dropped count.
 */
export function tableShare(
  { loads, tables, accounting, reconciliation, scheduleLagMs }: ShareInputs,
  affectedFrom: number,
): number {
  const { kernelDrops, explainedByClients, timeWaitDropped } = accounting;
  const { gateway, client, backend, host } = tables;
  const dropped = kernelDrops + gateway.totals.earlyDrop;
  const elsewhere = client.totals.drop + backend.totals.drop + host.totals.drop;
  const all = unanswered(loads);
  const after = unanswered(loads, affectedFrom);
  if (after === 0) return 1;
  const shares = [1];
  if (reconciliation === 'clients-saw-more' || elsewhere > 0) {
    const others = 1 - Math.min(1, dropped / Math.max(explainedByClients, dropped + elsewhere));
    shares.push(1 - Math.max(0, all * others - (all - after)) / after);
  }
  if (timeWaitDropped > 0 && dropped < after / 2) shares.push(dropped / after);
  if (reconciliation === 'clients-saw-less') {
    shares.push(unansweredWhileDropping(loads, gateway.samples, scheduleLagMs / 1000) / after);
  }
  return Math.max(0, Math.min(...shares));
}

/** Splits counts as they come, so that the parts of all of them add up to `share` of the sum. */
export class Splitter {
  readonly #share: number;
  #all = 0;
  #taken = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** The part of `count`. */
  take(count: number): number {
    this.#all += count;
    const part = Math.min(count, Math.max(0, Math.round(this.#all * this.#share) - this.#taken));
    this.#taken += part;
    return part;
  }
}
