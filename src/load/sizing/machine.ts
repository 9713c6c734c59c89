import { readFileSync } from 'node:fs';
import { cpus, freemem } from 'node:os';
import { descriptorLimit } from '../../platform/descriptors.ts';

/** The resources that load and backend can use. */
export interface MachineFacts {
  readonly cpus: number;
  /** Descriptors per process. */
  readonly descriptors: number;
  /** Files that the whole machine can still open (fs.file-max minus open files). */
  readonly files: number;
  /** Available memory (MemAvailable). */
  readonly memoryBytes: number;
}

export function machineFacts(): MachineFacts {
  return { cpus: cpus().length, descriptors: descriptorLimit(), files: freeFiles(), memoryBytes: freemem() };
}

function freeFiles(): number {
  const [used = '', , most = ''] = readFileSync('/proc/sys/fs/file-nr', 'utf8').trim().split(/\s+/);
  return Number(most) - Number(used);
}
