import { readFileSync } from 'node:fs';

/** The processes that `pid` and its children have started and that still run (CONFIG_PROC_CHILDREN; without it none). */
export function descendantsOf(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}
