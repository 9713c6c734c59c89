import { printable } from './printable.ts';

/** Progress and warnings, on stderr; stdout is for the report. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

export function stderrLog(quiet: boolean): Log {
  return {
    info: (message) => {
      if (!quiet) process.stderr.write(`${printable(message)}\n`);
    },
    warn: (message) => {
      process.stderr.write(`warning: ${printable(message)}\n`);
    },
  };
}
