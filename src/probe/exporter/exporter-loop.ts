import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeExporterRecord } from '../../model/timeline/node-exporter.ts';
import { monotonic } from '../../platform/clock.ts';
import { SampleSchedule } from '../schedule.ts';
import type { ProbeLoop } from '../serve-probe.ts';
import type { Exporter } from './exporter.ts';
import { parseScrape } from './scrape-text.ts';

/** Much more often than Prometheus scrapes: every phase of its interval is among them, and each costs about 1 ms of CPU. */
export const SCRAPE_INTERVAL = 1;

/** Scrapes a node_exporter every second, the first time before the load, the last time after it. */
export class ExporterLoop implements ProbeLoop {
  readonly #exporter: Pick<Exporter, 'scrape'>;
  readonly #write: (record: NodeExporterRecord) => void;
  readonly #stopped = new AbortController();

  constructor(exporter: Pick<Exporter, 'scrape'>, write: (record: NodeExporterRecord) => void) {
    this.#exporter = exporter;
    this.#write = write;
  }

  async run(epoch: number): Promise<void> {
    await this.#scrape(epoch);
    const schedule = new SampleSchedule(epoch, SCRAPE_INTERVAL, monotonic());
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(Math.max(0, (schedule.due - monotonic()) * 1000), undefined, { signal }).catch(() => {});
      const now = monotonic();
      if (now >= schedule.due) schedule.taken(now);
      else if (!signal.aborted) continue; // a timer may be early
      await this.#scrape(epoch);
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #scrape(epoch: number): Promise<void> {
    const started = monotonic();
    const text = await this.#exporter.scrape();
    const took = monotonic() - started;
    this.#write({ type: 'node-exporter', t: round(started - epoch), took: round(took), ...parseScrape(text) });
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
