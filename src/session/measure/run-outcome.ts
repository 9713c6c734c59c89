import type { Fleet } from '../../load/fleet/fleet.ts';
import type { EndRecord, EventRecord } from '../../model/timeline/sample.ts';
import { aborted, type Interrupts } from './interrupts.ts';
import type { Crossing } from './threshold-monitor.ts';

/** What ended the load. */
export interface RunOutcome {
  readonly outcome: EndRecord['outcome'];
  readonly detail?: string;
}

type Lost = readonly [name: 'lease-lost' | 'process-lost', detail: string];

/** What may end a load before its time. */
export interface Endings {
  readonly interrupts: Pick<Interrupts, 'graceful' | 'immediate'>;
  readonly lost: Promise<Lost>;
  readonly crossed: Promise<Crossing>;
}

type Note = (
  name: 'interrupted' | 'threshold-crossed' | Lost[0],
  more?: Partial<Pick<EventRecord, 'detail' | 'threshold'>>,
) => void;

/** Waits for the end of the load, or of what is left under way when it is told to stop. `note` is told why, as it happens. */
export async function waitForEnd(fleet: Pick<Fleet, 'done' | 'stop'>, endings: Endings, note: Note): Promise<RunOutcome> {
  const over = new AbortController();
  try {
    return await firstOf(fleet, endings, note, over.signal);
  } finally {
    over.abort();
  }
}

async function firstOf(
  fleet: Pick<Fleet, 'done' | 'stop'>,
  { interrupts, lost, crossed }: Endings,
  note: Note,
  over: AbortSignal,
): Promise<RunOutcome> {
  const done = fleet.done.then(() => 'finished' as const);
  const interrupted = aborted(interrupts.graceful, over).then(() => 'interrupted' as const);
  const first = await Promise.race([done, lost, crossed, interrupted]);
  if (first === 'finished') return { outcome: 'finished' };
  if (isLost(first)) {
    note(first[0], { detail: first[1] });
    return { outcome: 'failed', detail: first[1] };
  }
  if (first === 'interrupted') note('interrupted');
  else note('threshold-crossed', first);
  fleet.stop();
  const second = await Promise.race([done, lost, aborted(interrupts.immediate, over)]);
  if (second !== undefined && isLost(second)) note(second[0], { detail: second[1] });
  return { outcome: interrupts.graceful.aborted ? 'interrupted' : 'stopped' };
}

function isLost(ending: Lost | Crossing | string): ending is Lost {
  return Array.isArray(ending);
}
