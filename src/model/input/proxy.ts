import type { Endpoint } from './lab.ts';

/** What can be the proxy of dataplane `proxy`. */
export const PROXIES = ['built-in', 'nginx', 'haproxy'] as const;

export type ProxyName = (typeof PROXIES)[number];

/** A proxy that people run: a program of its own, not ctload's. */
export type ProxyProgramName = Exclude<ProxyName, 'built-in'>;

/** The proxy of the gateway. */
export interface ProxySpec {
  /** What it is: ctload's own, or a program. */
  readonly implementation: ProxyName;
  /** Whether connections to the backend stay open for the requests of other clients; absent where `config` says it. */
  readonly keepAlive?: boolean;
  /** Configuration of the user's own, in place of the one that ctload writes. */
  readonly config?: string;
}

/** A program that the gateway's proxy process runs. */
export interface ProxyProgram {
  readonly name: ProxyProgramName;
  /** Its version, such as `1.22.1`. */
  readonly version: string;
  /** The command, which reads its configuration from standard input and stays in the foreground. */
  readonly command: readonly string[];
  readonly config: string;
  /** Where it has to listen before the load starts. */
  readonly listen: readonly Endpoint[];
}

/** The program that a gateway needs; undefined where its proxy is ctload's own, or it has none. */
export function proxyProgramOf(proxy: ProxySpec | undefined): ProxyProgramName | undefined {
  return proxy === undefined || proxy.implementation === 'built-in' ? undefined : proxy.implementation;
}
