import type { CapturedLog, CaptureFormat } from '../../model/timeline/captured.ts';

/** `[12.345678] …`, `… kernel: …`, `<4>…`, and records of /dev/kmsg. */
const KERNEL = /^\[\s*\d+\.\d+\]|^\[\w{3} \w{3} +\d+ [\d:]+ \d{4}\]|\bkernel: |^<\d+>|^\d+,\d+,\d+,[-\w]+[,;]/;
/** Early kernels call it ip_conntrack; since 6.17 the namespace is named (nf_conntrack_core.c). Not the table of expectations. */
const TABLE_FULL = /\b(?:nf|ip)_conntrack: table full(?: in netns (\d+))?,? dropping packet/;
const SYN_FLOODING = /\bTCP: .*Possible SYN flooding on port/;
const NO_LOCAL_PORT = /cannot assign requested address|EADDRNOTAVAIL/i;

export function emptyLog(): CapturedLog {
  return {
    tableFull: 0,
    firstTableFull: undefined,
    lastTableFull: undefined,
    namespaces: new Set(),
    synFlooding: 0,
    noLocalPort: 0,
  };
}

/** Counts what one line of a log says. Returns what kind of log it is from; undefined where nothing shows. */
export function addLogLine(line: string, log: CapturedLog): CaptureFormat | undefined {
  const full = TABLE_FULL.exec(line);
  if (full !== null) {
    log.tableFull++;
    log.firstTableFull ??= line.trim();
    log.lastTableFull = line.trim();
    if (full[1] !== undefined) log.namespaces.add(full[1]);
    return 'kernel log';
  }
  if (SYN_FLOODING.test(line)) {
    log.synFlooding++;
    return 'kernel log';
  }
  if (NO_LOCAL_PORT.test(line)) {
    log.noLocalPort++;
    return 'other log';
  }
  return KERNEL.test(line) ? 'kernel log' : undefined;
}
