import { sum } from '../../analysis/statistics/sum.ts';
import type { AgentLoss } from '../../load/fleet/fleet.ts';
import { count, seconds } from '../../model/format.ts';
import type { EventRecord } from '../../model/timeline/sample.ts';

/** All agents of a client are lost at once; seconds until they have said so. */
const TOGETHER = 0.3;

/** Records clients that are lost while the load goes on without them, once for each. */
export class ClientLosses {
  readonly #record: (event: EventRecord) => void;
  readonly #now: () => number;
  readonly #losses = new Map<string, { readonly t: number; readonly agents: AgentLoss[]; readonly timer: NodeJS.Timeout }>();

  constructor(now: () => number, record: (event: EventRecord) => void) {
    this.#now = now;
    this.#record = record;
  }

  add(loss: AgentLoss): void {
    const known = this.#losses.get(loss.host);
    if (known !== undefined) {
      known.agents.push(loss);
      return;
    }
    const timer = setTimeout(() => this.#tell(loss.host), TOGETHER * 1000);
    this.#losses.set(loss.host, { t: this.#now(), agents: [loss], timer });
  }

  /** Records those whose agents may still be about to say so: nothing is recorded once the run has ended. */
  finish(): void {
    for (const host of [...this.#losses.keys()]) this.#tell(host);
  }

  #tell(host: string): void {
    const loss = this.#losses.get(host);
    if (loss === undefined) return;
    clearTimeout(loss.timer);
    this.#losses.delete(host);
    this.#record({ type: 'event', t: loss.t, name: 'client-lost', detail: describe(loss.agents, loss.t) });
  }
}

function describe(losses: readonly AgentLoss[], t: number): string {
  const { host, sentence, allAttempted } = losses[0] as AgentLoss;
  const [attempted, open] = [sum(losses.map((loss) => loss.attempted)), sum(losses.map((loss) => loss.open))];
  return `${host}, ${seconds(t)} into the load (${sentence}); it had started ${count(attempted)} of the ${count(allAttempted)} attempts so far and held ${count(open)} connections`;
}
