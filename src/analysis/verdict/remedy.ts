import type { Remedy } from '../../model/result/findings.ts';
import type { ScenarioFacts } from '../../model/timeline/run.ts';

/** Share of all CPUs that other programs must take to be worth stopping. */
const OTHERS = 0.15;
/** Agents per core from which they are in each other's way: with 8 per core a fifth fewer connections were made than with 2 (2 cores, HTTP). */
const CROWDED = 4;

export interface LowerLoadInputs {
  readonly floods: ScenarioFacts['floods'];
  /** Attempts per second that were started, of the floods with a rate; undefined when there are none. */
  readonly rate: number | undefined;
  /** Share of all CPUs that other programs took during the load, at the least; undefined when it is not known. */
  readonly others: number | undefined;
  readonly agents: number;
  readonly cpus: number;
}

/** What makes a load lighter for the machine that makes it, as far as these floods leave something to change. */
export function suggestLowerLoad({ floods, rate, others, agents, cpus }: LowerLoadInputs): Remedy[] {
  const any = (test: (flood: ScenarioFacts['floods'][number]) => boolean) => floods.some(test);
  const paced = any(({ executor }) => executor.endsWith('arrival-rate'));
  const sends = any(({ kind, protocol }) => (kind === 'short' || kind === 'long') && protocol === undefined);
  const crowded = agents >= CROWDED * cpus && any(({ kind }) => kind === 'short');
  return [
    ...when<Remedy>(paced, { code: 'lower-rate', reached: rate }),
    ...when<Remedy>(
      any(({ executor }) => executor === 'burst'),
      { code: 'smaller-burst' },
    ),
    ...when<Remedy>(
      any(({ executor }) => executor.endsWith('-connections')),
      { code: 'fewer-connections' },
    ),
    ...when<Remedy>(floods.length > 1, { code: 'fewer-floods' }),
    ...when<Remedy>(
      any(({ client }) => client === 'undici'),
      { code: 'direct-client' },
    ),
    ...when<Remedy>(any(holdsWebSockets), { code: 'longer-heartbeat' }),
    ...when<Remedy>(sends, { code: 'protocol-tcp' }),
    ...when<Remedy>(crowded, { code: 'shorter-timeouts', agents, cpus }),
    ...(others !== undefined && others >= OTHERS ? [{ code: 'stop-other-programs', cpuShare: others } as const] : []),
    { code: 'more-cores' },
  ];
}

function when<Item>(holds: boolean, item: Item): Item[] {
  return holds ? [item] : [];
}

function holdsWebSockets({ kind, protocol }: ScenarioFacts['floods'][number]): boolean {
  return kind === 'long' && protocol === undefined;
}
