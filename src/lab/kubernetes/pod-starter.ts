import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { Cleanup } from '../../platform/cleanup.ts';
import { programCommand } from '../../platform/program.ts';
import { IN_IMAGE } from '../docker/package-content.ts';
import { Guest } from '../vm/guest.ts';
import { attachTo, REATTACH_SECONDS } from './attached.ts';
import { answered, type Cluster } from './cluster.ts';
import { startInPod } from './exec.ts';
import { createPod, type RunningPod, running } from './pods.ts';

/** A pod of a lab in which ctload's process runs. */
export interface EnteredPod extends RunningPod {
  readonly guest: Guest;
}

/** A pod that has heard nothing for 5 s ends its load. It hears so often that an API server which is away for 3 s, or 4, does not end it. */
const ASK_SECONDS = 0.5;
/** An API server that is started anew takes half a minute; its pods keep what they have recorded for as long. */
const ANSWER_SECONDS = REATTACH_SECONDS;

/** Makes the namespaces and pods of one lab. */
export class PodStarter {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #cleanup: Cleanup;

  constructor(cluster: Cluster, signal: AbortSignal, cleanup: Cleanup) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.#cleanup = cleanup;
  }

  /** @throws {CtloadError} exit 100 with what the API server said. */
  async namespace(body: V1Namespace): Promise<void> {
    await answered(`cannot make the namespace ${body.metadata?.name}`, this.#cluster.core.createNamespace({ body }));
  }

  /** Makes a pod, and waits until it runs. @throws {CtloadError} exit 112 with the reason for which it does not. */
  async start(namespace: string, body: V1Pod): Promise<RunningPod> {
    await createPod(this.#cluster, namespace, body, this.#signal);
    return running(this.#cluster, namespace, body.metadata?.name ?? '', this.#signal);
  }

  /**
   * Starts ctload's process in a pod. @param by `serve`: the pod's first process, which outlives its connections; `alone`: a process
   * that ends with its connection, which must then undo what it has done
   * @throws {CtloadError} exit 112 when it does not start there.
   */
  async enter(namespace: string, at: RunningPod, by: 'serve' | 'alone' = 'serve'): Promise<EnteredPod> {
    const { name: pod } = at;
    const connect = (role: 'attach' | 'alone') =>
      startInPod(this.#cluster, { namespace, pod }, programCommand('pod', [role], IN_IMAGE));
    const process = by === 'alone' ? await connect('alone') : await attachTo(() => connect('attach'));
    const guest = new Guest(process, at.node, ANSWER_SECONDS, {
      what: `the pod ${pod}`,
      hung: `the pod ${pod} does not answer`,
      installation: IN_IMAGE,
      askSeconds: ASK_SECONDS,
      hint: 'lab.kubernetes.image has to be one that this version of ctload wrote: ctload kubernetes image -o FILE',
    });
    this.#cleanup.defer(`pod ${pod}`, () => guest[Symbol.asyncDispose]());
    await guest.booted(this.#signal);
    return { ...at, guest };
  }
}
