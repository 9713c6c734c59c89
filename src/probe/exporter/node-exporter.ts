import type { NodeExporterRecord } from '../../model/timeline/node-exporter.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { type ProbeProcess, type RemoteProbe, startRemoteProbe } from '../remote.ts';

/** Debian's name of node_exporter, and of its package. */
export const NODE_EXPORTER = 'prometheus-node-exporter';

export type ExporterProcess = ProbeProcess<NodeExporterRecord>;

/** Starts a process on `host` that runs a node_exporter there and will scrape it every second. */
export function launchExporter(host: Host): ExporterProcess {
  return new RemoteProcess(host, 'exporter');
}

/**
 * Makes the process ready to record; `ballast` entries are subtracted from every count.
 * @throws {CtloadError} exit 112 when it cannot run there.
 */
export function startExporter(
  process: ExporterProcess,
  { ballast, onRecord }: { readonly ballast: number; onRecord(record: NodeExporterRecord): void },
): Promise<RemoteProbe> {
  return startRemoteProbe(process, (record) => onRecord({ ...record, entries: record.entries - ballast }));
}
