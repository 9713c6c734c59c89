import type { TimelineRecord } from '../model/timeline/sample.ts';
import { eachLine } from '../platform/lines.ts';
import type { Command } from './remote.ts';

/** What a probe process does between its owner's commands. */
export interface Work {
  /** Records until stopped; resolves when the last record is written. */
  run(epoch: number): Promise<void>;
  stop(): void;
}

/** Writes records to stdout, one JSON line each, in one write. */
export function writeRecords(records: readonly TimelineRecord[]): void {
  process.stdout.write(`${records.map((record) => JSON.stringify(record)).join('\n')}\n`);
}

/**
 * The child's half of remote.ts: says it is ready, obeys `start` and `stop`, and ends with its owner.
 * Resolves when the process has nothing left to do; it must then exit, whatever else is open.
 */
export function serve(work: Work): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdin.on('error', () => resolve());
    process.stdin.on('end', () => resolve());
    process.stdout.on('error', () => resolve()); // nobody reads: the owner is gone
    let running = false;
    eachLine(process.stdin, (line) => {
      const command = JSON.parse(line) as Command;
      if (command.command === 'start') {
        running = true;
        work.run(command.epoch).then(resolve, reject);
      } else if (running) work.stop();
      else resolve();
    });
    process.stdout.write('{"type":"ready"}\n');
  });
}
