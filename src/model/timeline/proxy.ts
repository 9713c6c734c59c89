import type { ProxyProgramName } from '../input/proxy.ts';

/** The program that is the gateway's proxy. */
export interface ProxyFacts {
  /** Its name. */
  readonly implementation: ProxyProgramName;
  /** Whether it keeps its connections to the backend open for further requests; absent if its configuration is the user's own. */
  readonly keepAlive?: boolean;
}

/** What the program that is the gateway's proxy has complained of in its log. Written after the load. */
export interface ProxyRecord {
  /** Seconds since the start of the load. */
  readonly t: number;
  readonly type: 'proxy';
  /** How often it said what, without what tells one request from another. */
  readonly complaints: Readonly<Record<string, number>>;
}
