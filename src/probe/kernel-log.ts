import { closeSync, constants, openSync, readSync } from 'node:fs';
import { errnoOf } from '../platform/errors.ts';

const LONGEST_RECORD = 8192; // CONSOLE_EXT_LOG_MAX in kernel/printk/internal.h
const MOST_A_CALL = 1000; // a flood of messages must not hold up the event loop

/** Reads what the kernel logs from now on, without ever blocking. */
export class KernelLog {
  readonly #fd: number | undefined;
  readonly #buffer = Buffer.allocUnsafe(LONGEST_RECORD);

  /** Skips everything logged so far. Where reading /dev/kmsg is not permitted (kernel.dmesg_restrict), the log stays empty. */
  constructor(path = '/dev/kmsg') {
    try {
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      return;
    }
    while (this.#next() !== undefined) {} // Node has no lseek(2)
  }

  /** Whether the log can be read. */
  get readable(): boolean {
    return this.#fd !== undefined;
  }

  /** The texts of the messages logged since the last call. */
  drain(): string[] {
    const texts: string[] = [];
    for (let count = 0; count < MOST_A_CALL; count++) {
      const record = this.#next();
      if (record === undefined) break;
      texts.push(messageOfRecord(record));
    }
    return texts;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  /** One record, the unit in which /dev/kmsg is read; undefined when there is none yet. */
  #next(): string | undefined {
    if (this.#fd === undefined) return undefined;
    for (;;) {
      try {
        const length = readSync(this.#fd, this.#buffer, 0, LONGEST_RECORD, null);
        return length === 0 ? undefined : this.#buffer.toString('utf8', 0, length);
      } catch (error) {
        if (errnoOf(error) !== 'EPIPE') return undefined; // EPIPE: records were overwritten before they were read; go on
      }
    }
  }
}

/**
 * The text of a /dev/kmsg record: `priority,sequence,µs,flags;text`, then lines of attributes
 * (Documentation/ABI/testing/dev-kmsg).
 */
export function messageOfRecord(record: string): string {
  const text = record.slice(record.indexOf(';') + 1);
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** Whether `text` says that the table of some namespace is full. */
export function isTableFull(text: string): boolean {
  return text.includes('nf_conntrack') && text.includes('table full');
}

/**
 * Whether `text` says that the table of namespace `netns` (an inode number) is full. Kernels before 6.17 do not name the
 * namespace: such a line counts as this one's.
 */
export function saysTableFull(text: string, netns: number): boolean {
  if (!isTableFull(text)) return false;
  const named = /\bin netns (\d+)/.exec(text)?.[1];
  return named === undefined || Number(named) === netns;
}
