import { COLUMNS } from '../stat.ts';
import type { LineParser } from './line-parser.ts';

/** Today's name of every heading that some kernel prints; what conntrack -S prints is named like the newest. */
const NAME_OF = new Map(Object.values(COLUMNS).flatMap((names) => names.map((name) => [name, names[0] as string] as const)));
/** conntrack-tools' own names (print_stats in src/conntrack.c). */
const TOOL_NAMES: ReadonlyMap<string, string> = new Map([
  ['clash_resolve', 'clashres'],
  ['chaintoolong', 'chainlength'],
  ['error', 'icmp_error'],
]);

/** `cpu=0  found=0 invalid=3 insert=0 insert_failed=0 drop=0 …`, a line for each CPU. */
export function conntrackTool(): LineParser {
  let lastCpu = Number.POSITIVE_INFINITY;
  return (line, sink) => {
    const [, cpu, rest] = /^\s*cpu=(\d+)\s+(\w+=\d+.*)$/.exec(line) ?? [];
    if (cpu === undefined || rest === undefined) return false;
    if (Number(cpu) <= lastCpu) sink.begin('conntrack -S');
    lastCpu = Number(cpu);
    for (const [, name = '', value] of rest.matchAll(/(\w+)=(\d+)/g)) {
      sink.add('conntrack -S', TOOL_NAMES.get(name) ?? NAME_OF.get(name) ?? name, Number(value));
    }
    return true;
  };
}

/** /proc/net/stat/nf_conntrack: a line of headings, then one of hexadecimal values for each CPU. */
export function tableStatistics(): LineParser {
  let headings: readonly string[] = [];
  let isFirst = true; // the kernel repeats `entries` for every CPU
  return (line, sink) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'entries' && words.includes('insert_failed') && words.includes('drop')) {
      headings = words;
      isFirst = true;
      sink.begin('/proc/net/stat/nf_conntrack');
      return true;
    }
    const isRow = words.length === headings.length && words.every((word) => /^[0-9a-f]{8,16}$/.test(word));
    if (!isRow) {
      headings = [];
      return false;
    }
    for (const [index, heading] of headings.entries()) {
      const value = Number.parseInt(words[index] as string, 16);
      if (heading === 'entries' && isFirst) sink.value('/proc/net/stat/nf_conntrack', heading, value);
      else if (NAME_OF.has(heading)) sink.add('/proc/net/stat/nf_conntrack', NAME_OF.get(heading) as string, value);
    }
    isFirst = false;
    return true;
  };
}
