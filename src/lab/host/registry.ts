import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { STATE_FOLDER } from './names.ts';
import { startTime } from './processes.ts';

/** The process that owns the namespaces of a run. */
export interface RunEntry {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, which distinguishes the owner from a process that reuses its pid. */
  readonly startTime: number;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** The runs of this host, one file each, written before a run makes its first namespace. */
export class Registry {
  readonly #folder: string;

  constructor(folder: string = join(STATE_FOLDER, 'runs')) {
    this.#folder = folder;
  }

  /** Registers this process as owner of `runId`. */
  add(runId: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o755 });
    const entry: RunEntry = { pid: process.pid, startTime: startTime(process.pid) ?? 0, since: new Date().toISOString() };
    atomicWrite(this.#file(runId), JSON.stringify(entry)); // others would take a partial file for that of a dead run
  }

  remove(runId: string): void {
    rmSync(this.#file(runId), { force: true });
  }

  ids(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length));
    } catch {
      return [];
    }
  }

  /** The entry of a run whose owner is alive; undefined for dead and unknown runs. */
  live(runId: string): RunEntry | undefined {
    try {
      const entry: RunEntry = JSON.parse(readFileSync(this.#file(runId), 'utf8'));
      return startTime(entry.pid) === entry.startTime ? entry : undefined;
    } catch {
      return undefined; // no such entry
    }
  }

  #file(runId: string): string {
    return join(this.#folder, `${runId}.json`);
  }
}
