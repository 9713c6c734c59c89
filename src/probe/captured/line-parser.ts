import type { CaptureFormat } from '../../model/timeline/captured.ts';

/** Takes in what a line says: one more value of a reading, which begins where a value comes a second time. */
export interface Sink {
  value(format: CaptureFormat, name: string, value: number): void;
  /** The next value of this format belongs to another reading. */
  begin(format: CaptureFormat): void;
  /** Adds to a value of the reading: what is printed for each CPU. */
  add(format: CaptureFormat, name: string, value: number): void;
}

/** Reads one format out of a text that may hold several. Whether the line belongs to it. */
export type LineParser = (line: string, sink: Sink) => boolean;
