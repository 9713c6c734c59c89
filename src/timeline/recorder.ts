import { join } from 'node:path';
import type { LatencySlice } from '../model/result/latency.ts';
import type { TimelineRecord } from '../model/timeline/sample.ts';
import { AppendFile } from './append-file.ts';
import { LATENCY_FILE, TIMELINE_FILE } from './files.ts';
import { hlogHeader, hlogLine } from './hlog.ts';
import { decodeMax } from './recorded-values.ts';

/** Writes a run's record as it happens. */
export class Recorder {
  readonly #timeline: AppendFile;
  readonly #latency: AppendFile;
  #latencyBegun = false;

  /**
   * Creates both files, so that an unwritable folder fails before there is anything to lose.
   * @throws {CtloadError} exit 100
   */
  constructor(folder: string) {
    this.#timeline = new AppendFile(join(folder, TIMELINE_FILE));
    this.#latency = new AppendFile(join(folder, LATENCY_FILE));
  }

  record(record: TimelineRecord): void {
    this.#timeline.append(JSON.stringify(record));
  }

  latency(slice: LatencySlice): void {
    if (!this.#latencyBegun) {
      this.#latencyBegun = true;
      this.#latency.append(hlogHeader(Date.now() / 1000 - slice.to)); // a slice arrives as soon as it is complete
    }
    this.#latency.append(hlogLine(slice, decodeMax(slice.data)));
  }

  /** Writes out everything. @throws {CtloadError} exit 100 when something could not be written. */
  async close(): Promise<void> {
    try {
      this.#timeline.close();
    } finally {
      this.#latency.close();
    }
  }
}
