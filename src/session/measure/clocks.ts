import type { AnyLab, ClockReading } from '../../lab/lab.ts';
import type { ClockRecord } from '../../model/timeline/sample.ts';

/** Reads the clocks of a lab's machines; from then on times are translated by what they showed. */
export async function setClocks({ clocks = [] }: Pick<AnyLab, 'clocks'>): Promise<ClockReading[]> {
  return Promise.all(clocks.map((clock) => clock.set()));
}

/**
 * How the clocks of other machines than the client's differ from it since `before`. Where the client is not on this machine either,
 * both readings have their errors. Without those that have ended meanwhile.
 */
export async function readClocks(
  { clocks = [], client }: Pick<AnyLab, 'clocks' | 'client'>,
  before: readonly ClockReading[],
): Promise<Omit<ClockRecord, 't'>[]> {
  const read = clocks.map(async ({ machine, read: again }, index) => {
    const { offset, error } = before[index] as ClockReading;
    const after = await again();
    return { machine, offset, error, drift: after.offset - offset, ended: !Number.isFinite(after.error) };
  });
  const all = await Promise.all(read);
  const own = all.find(({ machine }) => machine === client.machine);
  return all
    .filter(({ machine, ended }) => machine !== client.machine && !ended)
    .map(({ machine, offset, error, drift }) => ({
      type: 'clock',
      machine: machine.id,
      offsetSeconds: offset,
      errorSeconds: error + (own?.error ?? 0),
      driftSeconds: drift - (own === undefined || own.ended ? 0 : own.drift),
    }));
}
