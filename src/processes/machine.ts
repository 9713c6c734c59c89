import { readFileSync } from 'node:fs';
import type { TimelineRecord } from '../model/timeline/sample.ts';
import { sendToOwner } from '../platform/remote/child-side.ts';
import { HostProbeLoop } from '../probe/host-probe-loop.ts';
import { serveProbe } from '../probe/serve-probe.ts';

// Started on a machine of its own, with the machine's name in records. On such a machine ctload's processes are the first one and
// its children.
const machine = process.argv[2] ?? '';
const children = (): number[] => readFileSync('/proc/1/task/1/children', 'utf8').trim().split(' ').map(Number);

/** Proxies do the gateway's work. */
const proxies = new Map<number, boolean>();
function isProxy(pid: number): boolean {
  const known = proxies.get(pid) ?? commandOf(pid).includes('/proxy.js\0');
  proxies.set(pid, known);
  return known;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

const settings = {
  machine,
  pids: () => [1, ...children().filter((pid) => !isProxy(pid))],
  gatewayPids: () => children().filter(isProxy),
};
await serveProbe(new HostProbeLoop(settings, (record) => sendToOwner<TimelineRecord>(record)));
process.exit();
