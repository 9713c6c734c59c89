import { count } from '../../model/format.ts';
import { familyOf } from '../../model/input/address-family.ts';
import { delay } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import type { Lab } from '../lab.ts';
import { countEntriesOn, deleteEntries } from './table.ts';

/** Destinations of the load's connections; those of ballast and prefill, which have a mark, are not deleted. */
const LOAD_DESTINATIONS = ['198.18.0.0/16', '198.19.0.0/17', '2001:2::/48'];
const ATTEMPTS = 50;
const PAUSE = 0.1; // seconds; sockets that are still closing may bring an entry back

/**
 * Removes everything the load has left from the gateway's table, so that it contains only ballast and prefill, and verifies that
 * with the kernel's own count.
 * @throws {CtloadError} exit 100 when entries keep coming back.
 */
export async function restoreBaseline(lab: Pick<Lab, 'gateway' | 'capacity'>, signal: AbortSignal): Promise<void> {
  const baseline = lab.capacity.ballast + lab.capacity.prefilled;
  let entries = Number.NaN;
  for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt++) {
    await deleteLoad(lab.gateway, baseline === 0);
    await delay(PAUSE);
    entries = await countEntriesOn(lab.gateway);
    if (entries === baseline) return;
  }
  if (signal.aborted) return;
  throw new CtloadError(`the gateway's table holds ${count(entries)} entries between two trials instead of ${count(baseline)}`, {
    hint: 'something other than the load creates entries in the gateway; run it again, which builds a new lab',
  });
}

async function deleteLoad(host: Host, all: boolean): Promise<void> {
  if (all) {
    await execute(['conntrack', '-F'], { host });
    return;
  }
  for (const network of LOAD_DESTINATIONS) {
    await deleteEntries(host, ['-f', familyOf(network), '--mark', '0', '-d', network]);
  }
}
