import { readFileSync } from 'node:fs';
import { type NetstatParser, netstatParser, snmp6Parser } from './nstat.ts';
import { ProcFile } from './proc-file.ts';

interface Source {
  readonly file: ProcFile;
  parser: NetstatParser;
  values: number[];
}

/** Whether the reader's namespace has an IPv6 address besides the loopback's: a lab without has no such packets. */
function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/self/net/if_inet6', 'latin1')
      .split('\n')
      .some((line) => line !== '' && !/ lo$/.test(line));
  } catch {
    return false;
  }
}

/** TCP/IP counters of the reader's own network namespace. */
export class Netstat {
  readonly #sources: Source[] = ['/proc/self/net/snmp', '/proc/self/net/netstat'].map((path) => {
    const file = new ProcFile(path);
    return { file, parser: netstatParser(file.text()), values: [] };
  });

  constructor() {
    if (hasIpv6()) this.#sources.push({ file: new ProcFile('/proc/self/net/snmp6'), parser: snmp6Parser(), values: [] });
  }

  /** The counters as they are now; undefined when none has changed since the previous call. */
  changed(): Record<string, number> | undefined {
    let moved = false;
    for (const source of this.#sources) {
      const text = source.file.bytes.subarray(0, source.file.read());
      const values: number[] = [];
      if (!source.parser.parse(text, values)) {
        source.parser = netstatParser(text.toString('latin1'));
        source.parser.parse(text, values);
      }
      moved ||= values.some((value, index) => value !== source.values[index]);
      source.values = values;
    }
    return moved ? this.#all() : undefined;
  }

  close(): void {
    for (const { file } of this.#sources) file.close();
  }

  #all(): Record<string, number> {
    const counters: Record<string, number> = {};
    for (const { parser, values } of this.#sources) {
      for (const [index, name] of parser.names.entries()) counters[name] = values[index] as number;
    }
    return counters;
  }
}
