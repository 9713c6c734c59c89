import type { Child, Host } from '../exec.ts';

/**
 * Processes that are started before anybody has work for them, so that they boot and warm up meanwhile. Whoever asks a host
 * of `on` for the same command gets one of them, whatever it has written by then included; when none is left, a new one.
 */
export class Standby implements AsyncDisposable {
  readonly #waiting = new Map<Host, Map<string, Child[]>>();

  /** Starts `argv` so many times on `host`. */
  start(host: Host, argv: readonly string[], many = 1): void {
    const ofHost = this.#waiting.get(host) ?? new Map<string, Child[]>();
    this.#waiting.set(host, ofHost);
    const key = JSON.stringify(argv);
    const children = Array.from({ length: many }, () => host.spawn(argv));
    ofHost.set(key, [...(ofHost.get(key) ?? []), ...children]);
  }

  /** `host`, handing out what was started there. */
  on(host: Host): Host {
    const waiting = (argv: readonly string[]) => this.#waiting.get(host)?.get(JSON.stringify(argv))?.shift();
    return {
      name: host.name,
      spawn: (argv, options) => (options === undefined ? waiting(argv) : undefined) ?? host.spawn(argv, options),
    };
  }

  /** Ends what nobody has asked for. */
  async [Symbol.asyncDispose](): Promise<void> {
    const unwanted = [...this.#waiting.values()].flatMap((ofHost) => [...ofHost.values()].flat());
    this.#waiting.clear();
    for (const child of unwanted) child.kill('SIGKILL');
    await Promise.all(unwanted.map((child) => child.exited));
  }
}
