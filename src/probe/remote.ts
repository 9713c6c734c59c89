import type { TimelineRecord } from '../model/timeline/sample.ts';
import { monotonic } from '../platform/clock.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { howItEnded, type RemoteProcess } from '../platform/remote/parent-side.ts';

/**
 * Times of the records are relative to `epoch`, and the last reading is due `at`: absolute CLOCK_MONOTONIC seconds of the probe's
 * machine, which may lie ahead.
 */
export type ProbeCommand = { readonly type: 'start'; readonly epoch: number } | { readonly type: 'stop'; readonly at: number };

/** A process that answers `start` with records until it is stopped. */
export type ProbeProcess<Kept extends TimelineRecord> = RemoteProcess<ProbeCommand, Kept>;

/** A probe process that is ready to record. Disposing of it kills it. */
export interface RemoteProbe extends AsyncDisposable {
  /** As `Child.pid`. */
  readonly pid: number | undefined;
  /** Starts to record; `epoch` is of this machine's clock, whichever the probe runs on. */
  start(epoch: number): void;
  /**
   * Takes a last reading at `at`, of this machine's clock and now by default, waits until its records are here, and ends the process. Returns one
   * sentence where it did not end in time and was killed, or was gone already: its last records are missing.
   */
  stop(at?: number): Promise<string | undefined>;
  /** As `RemoteProcess.lost`. */
  readonly lost: Promise<string>;
  /** As `RemoteProcess.expendable`. */
  readonly expendable: boolean;
}

/** A sampler looks at its commands, and writes the samples taken, this often in seconds. */
export const SLICE_SECONDS = 0.05;

const STOP_SECONDS = 10;

/**
 * Waits until `probe` is ready to record, and passes its records to `onRecord`.
 * @throws {CtloadError} exit 112 with the reason when it cannot run there, 100 when it was killed or died.
 */
export async function startRemoteProbe<Kept extends TimelineRecord>(
  probe: ProbeProcess<Kept>,
  onRecord: (record: Kept) => void,
): Promise<RemoteProbe> {
  probe.listen(onRecord);
  try {
    await probe.ready();
  } catch (error) {
    await probe.kill();
    throw notStarted(messageOf(error));
  }
  return {
    get pid() {
      return probe.pid;
    },
    lost: probe.lost,
    expendable: probe.expendable,
    start: (epoch) => probe.send({ type: 'start', epoch: probe.machine.toLocal(epoch) }),
    stop: async (at = monotonic()) => {
      const command = { type: 'stop', at: probe.machine.toLocal(at) } as const;
      const ended = await probe.close({ command, seconds: STOP_SECONDS });
      if (!ended) return `${probe.name} did not end within ${STOP_SECONDS} s and was killed`;
      const exit = await probe.exited;
      return exit.code === 0 || probe.expendable ? undefined : `${probe.name} ended: ${howItEnded(exit)}`;
    },
    [Symbol.asyncDispose]: async () => void (await probe.kill()),
  };
}

function notStarted(reason: string): CtloadError {
  if (reason.includes('ENOENT') && reason.includes('nf_conntrack')) {
    return new CtloadError(`a probe did not start: ${reason}`, {
      hint: 'load the kernel module: modprobe nf_conntrack',
      exitCode: ExitCode.hostUnfit,
    });
  }
  const ended = /: (killed by|exit code|lost)/.test(reason); // which says nothing about this host
  return new CtloadError(`a probe did not start: ${reason}`, {
    ...(ended ? {} : { hint: 'run ctload doctor to see what this host lacks' }),
    exitCode: ended ? ExitCode.setup : ExitCode.hostUnfit,
  });
}
