import { readFileSync } from 'node:fs';

/**
 * Descriptors a process of ours may have: the hard limit, to which Node raises the soft one when it starts. Infinity when there
 * is none.
 */
export function descriptorLimit(): number {
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === undefined ? Number.POSITIVE_INFINITY : Number(hard);
}
