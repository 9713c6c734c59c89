/**
 * Packets dropped at the backlog queues of all CPUs, from the text of /proc/net/softnet_stat: hexadecimal columns, a line for
 * each CPU, the second is `dropped` (softnet_seq_show in net/core/net-procfs.c). The same in every network namespace.
 */
export function parseBacklogDropped(text: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const dropped = line.split(' ', 2)[1];
    if (dropped !== undefined) sum += Number.parseInt(dropped, 16);
  }
  return sum;
}
