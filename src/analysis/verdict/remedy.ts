import type { ScenarioFacts } from '../../model/timeline/run.ts';

/** Share of all CPUs that other programs must take to be worth ending. */
const OTHERS = 0.15;
/** Agents a core from which they are in each other's way: with 8 a core a fifth fewer connections were made than with 2 (2 cores, HTTP). */
const CROWDED = 4;

export interface LowerLoadInputs {
  readonly floods: ScenarioFacts['floods'];
  /** Attempts a second that were begun, of the floods with a rate; undefined when there are none. */
  readonly rate: number | undefined;
  /** Share of all CPUs that other programs took during the load; 0 when it is not known. */
  readonly others: number;
  readonly agents: number;
  readonly cpus: number;
}

/** What makes a load lighter for the machine that makes it, as far as these floods leave something to change. */
export function suggestLowerLoad({ floods, rate, others, agents, cpus }: LowerLoadInputs): string {
  const any = (test: (flood: ScenarioFacts['floods'][number]) => boolean) => floods.some(test);
  const options = [
    ...(any(({ executor }) => executor.endsWith('arrival-rate')) ? [`a lower rate${reached(rate)}`] : []),
    ...(any(({ executor }) => executor === 'burst') ? ['a smaller burst'] : []),
    ...(any(({ executor }) => executor.endsWith('-connections')) ? ['fewer held connections'] : []),
    ...(floods.length > 1 ? ['fewer floods'] : []),
    ...(any(({ client }) => client === 'undici') ? ['`client: direct`'] : []),
    ...(any(holdsWebSockets) ? ['a longer `heartbeat`'] : []),
    ...(any(({ kind, protocol }) => (kind === 'short' || kind === 'long') && protocol === undefined)
      ? ['`protocol: tcp` (the same entries, nothing sent)']
      : []),
    ...(agents >= CROWDED * cpus && any(({ kind }) => kind === 'short')
      ? [
          `shorter \`connectTimeout\` and \`responseTimeout\` (${agents} agents share ${cpus} cores for all that may wait at once)`,
        ]
      : []),
    ...(others >= OTHERS ? [`less beside it (other programs took ${Math.round(others * 100)} % of the CPUs or more)`] : []),
  ];
  return `${options.join(', ')}, or a machine with more cores`;
}

function reached(rate: number | undefined): string {
  return rate === undefined ? '' : ` (this run reached about ${Math.round(rate)} a second)`;
}

function holdsWebSockets({ kind, protocol }: ScenarioFacts['floods'][number]): boolean {
  return kind === 'long' && protocol === undefined;
}
