import { readFileSync } from 'node:fs';
import { cpus, freemem } from 'node:os';
import { descriptorLimit } from '../../platform/descriptors.ts';

/** What load and backend have to get along with. */
export interface MachineFacts {
  readonly cpus: number;
  /** A process. */
  readonly descriptors: number;
  /** Open files that the whole machine may still have (fs.file-max less those there are). */
  readonly files: number;
  /** Memory that can still be had (MemAvailable). */
  readonly memoryBytes: number;
}

export function machineFacts(): MachineFacts {
  return { cpus: cpus().length, descriptors: descriptorLimit(), files: freeFiles(), memoryBytes: freemem() };
}

function freeFiles(): number {
  const [used = '', , most = ''] = readFileSync('/proc/sys/fs/file-nr', 'utf8').trim().split(/\s+/);
  return Number(most) - Number(used);
}
