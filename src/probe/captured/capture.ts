import type { Captured, CapturedLog, CaptureFormat, Reading } from '../../model/timeline/captured.ts';
import type { LineParser, Sink } from './line-parser.ts';
import { addLogLine, emptyLog } from './log-lines.ts';
import { netstat, nstat, rawCounters } from './network-counters.ts';
import { scrape } from './scrape.ts';
import { ethtool, setting, sockets, sysctl } from './settings.ts';
import { conntrackTool, tableStatistics } from './table-counters.ts';

const PARSERS: readonly (() => LineParser)[] = [
  conntrackTool,
  tableStatistics,
  scrape,
  nstat,
  rawCounters,
  ethtool,
  sysctl,
  sockets,
  netstat,
];

interface OpenReading {
  readonly format: CaptureFormat;
  readonly file: string;
  readonly values: Map<string, number>;
}

/** Reads what an incident left, whatever the files are called, and however many outputs one of them holds. */
export class Capture implements Captured {
  readonly readings: Reading[] = [];
  readonly log: CapturedLog = emptyLog();

  /**
   * Reads one text. Returns what it holds, e.g. `conntrack -S (2)`; nothing when none of it is known.
   * @param file its name; of a copy of /proc/sys it says which setting it holds
   */
  read(file: string, text: string): string[] {
    const formats = new Map<CaptureFormat, number>();
    const sink = new FileSink(file, this.readings, formats);
    const key = /(?:^|\/)proc\/sys\/(net\/[\w./-]+)$/.exec(file)?.[1];
    if (key !== undefined) setting(key.replaceAll('/', '.'), text.trim(), sink);
    else {
      const parsers = PARSERS.map((parser) => parser());
      for (const line of text.split('\n')) {
        if (parsers.some((parse) => parse(line.replace(/\r$/, ''), sink))) continue;
        const log = addLogLine(line, this.log);
        if (log !== undefined && !formats.has(log)) formats.set(log, 1);
      }
    }
    return [...formats].map(([format, times]) => (times === 1 ? format : `${format} (${times})`));
  }
}

class FileSink implements Sink {
  readonly #file: string;
  readonly #readings: Reading[];
  readonly #formats: Map<CaptureFormat, number>;
  readonly #open = new Map<CaptureFormat, OpenReading>();

  constructor(file: string, readings: Reading[], formats: Map<CaptureFormat, number>) {
    this.#file = file;
    this.#readings = readings;
    this.#formats = formats;
  }

  begin(format: CaptureFormat): void {
    this.#open.delete(format);
  }

  value(format: CaptureFormat, name: string, value: number): void {
    if (this.#open.get(format)?.values.has(name)) this.begin(format);
    this.#reading(format).values.set(name, value);
  }

  add(format: CaptureFormat, name: string, value: number): void {
    const { values } = this.#reading(format);
    values.set(name, (values.get(name) ?? 0) + value);
  }

  #reading(format: CaptureFormat): OpenReading {
    const open = this.#open.get(format);
    if (open !== undefined) return open;
    const reading = { format, file: this.#file, values: new Map<string, number>() };
    this.#open.set(format, reading);
    this.#readings.push(reading);
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
    return reading;
  }
}
