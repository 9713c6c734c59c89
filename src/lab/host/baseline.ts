import { delay } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { CommandError, execute, type Host } from '../../platform/exec.ts';
import type { Lab } from '../lab.ts';
import { countEntriesOn } from './table.ts';

/** Where connections of the load lead to; the tuples of ballast and prefill lie elsewhere (198.19.255.254). */
const LOAD_DESTINATIONS = ['198.18.0.0/16', '198.19.0.0/17'];
const ATTEMPTS = 50;
const PAUSE = 0.1; // seconds; sockets that are still closing may bring an entry back

/**
 * Takes everything the load has left out of the gateway's table, so that only ballast and prefill are in it, and makes sure of
 * that by the kernel's own count.
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
  throw new CtloadError(`the gateway's table holds ${entries} entries between two trials instead of ${baseline}`, {
    hint: 'something outside the load makes entries in the gateway: build the lab anew',
  });
}

async function deleteLoad(host: Host, all: boolean): Promise<void> {
  if (all) {
    await execute(['conntrack', '-F'], { host });
    return;
  }
  for (const network of LOAD_DESTINATIONS) {
    await execute(['conntrack', '-D', '--mark', '0', '-d', network], { host }).catch(noneFound);
  }
}

/** `conntrack -D` that found nothing to delete ends with exit code 1. */
function noneFound(error: unknown): string {
  if (error instanceof CommandError && error.exit.stderr.includes(' 0 flow entries')) return '';
  throw error;
}
