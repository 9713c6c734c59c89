import { bytes, count } from '../../model/format.ts';
import { SERVICES } from '../../model/input/lab.ts';
import { destinationsOf, type Flood } from '../../model/input/scenario.ts';
import { requireDescriptors } from '../../platform/descriptors.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { MachineFacts } from './machine.ts';
import { keepsSockets, type ProcessPlan, socketsAtPeak, socketsPerProcess } from './process-plan.ts';

// Measured at 100,000 connections, Node 20, kernel 6.18; without conntrack's own 384 bytes.
/** Memory of the kernel for the two sockets of a connection, and of the two processes that hold them. */
const BYTES_PER_CONNECTION = { websocket: 15_000, tcp: 12_500 } as const;
/** Descriptors of a process: those it has open without a connection, and enough for some connections. */
const LEAST_DESCRIPTORS = 512;
/** Memory of a process without connections, excluding what it shares with other processes. */
const BYTES_PER_PROCESS = 35_000_000;

/**
 * Makes sure that this machine can hold both ends of the connections that `floods` hold open, `most` at once at most, and the
 * processes of `plan`.
 * @throws {CtloadError} exit 112 naming the resource that is not sufficient.
 */
export function requireResources(
  floods: readonly Flood[],
  { agents, backends, peakHeld, machine }: ProcessPlan & { readonly machine: MachineFacts },
  most: number,
): void {
  requireDescriptors(LEAST_DESCRIPTORS, machine.descriptors);
  const keeping = floods.filter(keepsSockets);
  const wanted = keeping.reduce((sum, flood) => sum + socketsAtPeak(flood), 0);
  const held = Math.min(wanted, most);
  const room = socketsPerProcess(machine.descriptors);
  const reach = SERVICES * room;
  const atOne = keeping.reduce((sum, flood) => sum + socketsAtPeak(flood) / destinationsOf(flood, SERVICES), 0);
  const processBytes = (agents + backends) * BYTES_PER_PROCESS;
  const needed =
    processBytes +
    keeping.reduce((sum, flood) => sum + socketsAtPeak(flood) * bytesEach(flood), 0) * (held / Math.max(1, wanted));
  const available = `only ${bytes(machine.memoryBytes)} is available`;
  if (held > reach) {
    throw unfit(
      `cannot hold ${count(held)} connections: ${SERVICES} backend processes with ${count(machine.descriptors)} descriptors each handle at most ${count(reach)}`,
      'hold fewer connections, or raise the hard limit: ulimit -Hn',
    );
  }
  if (Math.min(atOne, held) > room) {
    throw unfit(
      `cannot hold ${count(Math.ceil(atOne))} connections to one destination: its backend process handles at most ${count(room)}`,
      'hold fewer connections, or raise destinations of the flood',
    );
  }
  if (2 * held > machine.files) {
    throw unfit(
      `${count(held)} connections need ${count(2 * held)} sockets (both ends are on this machine); it can open only ${count(machine.files)} more files`,
      'hold fewer connections, or raise the limit: sysctl fs.file-max',
    );
  }
  if (held > 0 && needed > machine.memoryBytes) {
    throw unfit(
      `${count(held)} connections need about ${bytes(needed)} of memory (both ends are on this machine); ${available}`,
      'hold fewer connections at once',
    );
  }
  if (processBytes > machine.memoryBytes) {
    throw unfit(
      `up to ${count(peakHeld)} unanswered attempts at once need ${count(agents)} agents and ${count(backends)} backends of about ${bytes(processBytes)} of memory; ${available}`,
      'lower the rate, connectTimeout or responseTimeout of a flood, or use a machine with more memory',
    );
  }
}

/** One that is half closed takes what a bare connection does. */
function bytesEach(flood: Flood): number {
  return BYTES_PER_CONNECTION[flood.kind === 'long' ? flood.protocol : 'tcp'];
}

function unfit(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit });
}
