import { commented, overwrittenBy, type PlannedTable, sysctlsToSet, type TargetFiles } from './target.ts';

export const SYSCTL_FILE = '90-conntrack.conf';
const MODULES_FILE = 'conntrack-modules.conf';

/** sysctl.d(5) alone. */
export function sysctlFile(plan: PlannedTable): string {
  return [
    commented([
      '/etc/sysctl.d/90-conntrack.conf; the module must be loaded first: echo nf_conntrack > /etc/modules-load.d/conntrack.conf',
      ...overwrittenBy(plan),
    ]),
    sysctlLines(plan),
  ].join('');
}

export function sysctlLines(plan: PlannedTable): string {
  return Object.entries(sysctlsToSet(plan))
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
}

/** systemd-sysctl.service runs after systemd-modules-load.service, so the keys exist when it sets them. */
export function systemdFiles(plan: PlannedTable): TargetFiles {
  return {
    files: {
      [SYSCTL_FILE]: sysctlFile(plan),
      [MODULES_FILE]: `${commented([
        '/etc/modules-load.d/conntrack.conf: without it the sysctl keys do not exist yet when systemd-sysctl sets them at boot.',
        'At once: modprobe nf_conntrack && sysctl --system',
      ])}nf_conntrack\n`,
    },
    remarks: [],
  };
}
