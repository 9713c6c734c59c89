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
  readonly #losses = new Map<string, AgentLoss[]>();

  constructor(now: () => number, record: (event: EventRecord) => void) {
    this.#now = now;
    this.#record = record;
  }

  add(loss: AgentLoss): void {
    const known = this.#losses.get(loss.host);
    if (known !== undefined) {
      known.push(loss);
      return;
    }
    const losses = [loss];
    this.#losses.set(loss.host, losses);
    const t = this.#now();
    setTimeout(() => {
      this.#losses.delete(loss.host);
      this.#record({ type: 'event', t, name: 'client-lost', detail: describe(losses, t) });
    }, TOGETHER * 1000);
  }
}

function describe(losses: readonly AgentLoss[], t: number): string {
  const { host, sentence, allAttempted } = losses[0] as AgentLoss;
  const [attempted, open] = [sum(losses.map((loss) => loss.attempted)), sum(losses.map((loss) => loss.open))];
  return `${host}, ${seconds(t)} into the load (${sentence}); it had started ${count(attempted)} of the ${count(allAttempted)} attempts so far and held ${count(open)} connections`;
}
