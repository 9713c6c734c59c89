import { setImmediate as turn } from 'node:timers/promises';
import type { Fleet } from '../../load/fleet/fleet.ts';
import type { EndRecord, EventRecord } from '../../model/timeline/sample.ts';
import { aborted, type Interrupts } from './interrupts.ts';
import type { Stop } from './stop-monitor.ts';

/** What ended the load. */
export interface RunOutcome {
  readonly outcome: EndRecord['outcome'];
  readonly detail?: string;
}

/** What makes the rest of a load worthless. */
export type Lost = readonly [name: 'lease-lost' | 'process-lost' | 'action-failed', detail: string];

/** Reasons for which a load ends early. */
export interface EndCauses {
  readonly interrupts: Pick<Interrupts, 'graceful' | 'immediate'>;
  readonly lost: Promise<Lost>;
  /** A reason that lies in what was measured. */
  readonly reached: Promise<Stop>;
}

type Note = (name: 'interrupted' | Stop['name'] | Lost[0], more?: Partial<Pick<EventRecord, 'detail' | 'threshold'>>) => void;

/** Waits until the load has finished, or was stopped and has drained. `note` receives the reason as it happens. */
export async function waitForEnd(fleet: Pick<Fleet, 'done' | 'stop'>, causes: EndCauses, note: Note): Promise<RunOutcome> {
  const over = new AbortController();
  try {
    return await firstOf(fleet, causes, note, over.signal);
  } finally {
    over.abort();
  }
}

async function firstOf(
  fleet: Pick<Fleet, 'done' | 'stop'>,
  { interrupts, lost, reached }: EndCauses,
  note: Note,
  over: AbortSignal,
): Promise<RunOutcome> {
  // When all agents are lost at once nothing is left to wait for, either: `lost` comes first then.
  const done = fleet.done.then(() => turn('finished' as const));
  const interrupted = aborted(interrupts.graceful, over).then(() => 'interrupted' as const);
  const first = await Promise.race([done, lost, reached, interrupted]);
  if (first === 'finished') return { outcome: 'finished' };
  if (isLost(first)) {
    note(first[0], { detail: first[1] });
    return { outcome: 'failed', detail: first[1] };
  }
  if (first === 'interrupted') note('interrupted');
  else {
    const { name, ...more } = first;
    note(name, more);
  }
  fleet.stop();
  const second = await Promise.race([done, lost, aborted(interrupts.immediate, over)]);
  if (second !== undefined && isLost(second)) note(second[0], { detail: second[1] });
  return { outcome: interrupts.graceful.aborted ? 'interrupted' : 'stopped' };
}

function isLost(cause: Lost | Stop | string): cause is Lost {
  return Array.isArray(cause);
}
