import type { Route } from '../../../model/input/lab.ts';

/** How a proxy that people run is set up, one object each. */
export interface ProgramSetup {
  /** Debian package of the program. */
  readonly package: string;
  /** Folders of modules that a configuration may load; they need not exist. */
  readonly modules: readonly string[];
  /** Arguments with which it runs `config`, a file, in the foreground, and writes what goes wrong to stderr. */
  run(configFile: string, config: string): readonly string[];
  /** Arguments with which it checks `config` and ends. */
  check(configFile: string, config: string): readonly string[];
  /** The configuration that ctload writes. */
  config(wanted: WantedConfig): string;
  /** What is wrong, from the words of a check that failed. */
  complaint(words: string): string;
}

/** What a configuration is for. */
export interface WantedConfig {
  readonly routes: readonly Route[];
  /** Whether connections to the backend stay open for further requests. */
  readonly keepAlive: boolean;
  /** Descriptors that one process may have. */
  readonly openFiles: number;
}

/** Times are long enough for connections that are held: no heartbeat has to come at all. */
export const HELD = '1d';
