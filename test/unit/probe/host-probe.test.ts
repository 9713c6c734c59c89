import { readdirSync, readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startHostProbe } from '../../../src/probe/host-probe.ts';

/** Of this process, those below /proc and /dev/kmsg. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return []; // that of the listing itself
      }
    })
    .filter((path) => /^\/proc\/(stat|meminfo|.*softnet_stat)|^\/dev\/kmsg/.test(path));
}

it.each([true, false])('closes its files, once, when it is stopped (started before: %s)', (started) => {
  const probe = startHostProbe({ tablePath: undefined, pids: () => [], gatewayNetns: [1], onRecord: () => {} });
  expect(openFiles().length).toBeGreaterThanOrEqual(3);
  if (started) probe.start(0);
  probe.stop();
  probe.stop();
  expect(openFiles()).toEqual([]);
});
