import { createInterface } from 'node:readline';

// perf script -F ip,sym,dso -i FILE | node calls.js MICROSECONDS
// Where the samples of `perf record -g` fell, by system call and by part of Node, as a table: MICROSECONDS is the CPU time a connection
// that profile.js printed.

interface Frame {
  readonly symbol: string;
  readonly object: string;
}

const FRAME = /^\s*[0-9a-f]+ (.*?)(?:\+0x[0-9a-f]+)? \((\S+)(?: \(deleted\))?\)$/;
/** Some compilers leave out the frame of the first, which jumps to the second. */
const SYSTEM_CALL = /^(?:__(?:x64|arm64)_sys_|ksys_)(\w+)$/;

/** Of code outside the kernel, by the object it is in, or by its name; the first that fits. */
const PARTS: readonly (readonly [what: string, object: RegExp, symbol: RegExp])[] = [
  ['clock_gettime, without a system call', /vdso/, /./],
  ['malloc and free', /libc/, /alloc|free|unlink_chunk|consolidate/],
  ['libc else: calls of the kernel, copies', /lib/, /./],
  ['compiled JavaScript', /perf-\d+\.map|anon/, /./],
  ['compiled JavaScript', /./, /^(?:JS|LazyCompile|Script):/],
  ['V8: built-in functions', /./, /^Builtins_/],
  [
    'V8: garbage collection',
    /./,
    /Scaveng|MarkCompact|Marking|Sweep|Evacuat|v8::internal::Heap\b|GlobalHandles::(?:Iter|Proc|Upd|Post|Inv)/,
  ],
  ['libuv', /./, /^uv_/],
  ['Node, in C++', /./, /^[^(]*\bnode::/],
  ['V8: its API, handles, objects, in C++', /./, /\bv8::/],
];

/** What a sample counts as, by its frames, the innermost first. */
function whereOf(frames: readonly Frame[]): string {
  const { symbol, object } = frames[0] as Frame;
  if (object !== '[kernel.kallsyms]') {
    return PARTS.find(([, objects, symbols]) => objects.test(object) && symbols.test(symbol))?.[0] ?? 'else';
  }
  const kernel = frames.filter((frame) => frame.object === object);
  const call = kernel.map((frame) => SYSTEM_CALL.exec(frame.symbol)?.[1]).find((name) => name !== undefined);
  if (call !== undefined) return `kernel: ${call}`;
  if (kernel.some((frame) => frame.symbol === 'schedule')) return 'kernel: switches to other programs';
  if (kernel.some((frame) => /page_fault/.test(frame.symbol))) return 'kernel: page faults';
  if (kernel.some((frame) => /sysvec|interrupt/.test(frame.symbol))) return 'kernel: interrupts';
  return 'kernel: into it and out of it, else';
}

const [each = Number.NaN] = process.argv.slice(2).map(Number);
const samples = new Map<string, number>();
let frames: Frame[] = [];

function count(): void {
  if (frames.length === 0) return;
  const where = whereOf(frames);
  samples.set(where, (samples.get(where) ?? 0) + 1);
  frames = [];
}

for await (const line of createInterface({ input: process.stdin })) {
  const [, symbol, object] = FRAME.exec(line) ?? [];
  if (symbol === undefined || object === undefined) count();
  else frames.push({ symbol, object });
}
count();

const all = [...samples.values()].reduce((sum, some) => sum + some, 0);
process.stdout.write(`| where | µs | |\n|---|---|---|\n`);
for (const [where, some] of [...samples].sort(([, a], [, b]) => b - a)) {
  const share = some / all;
  if (share >= 0.002) process.stdout.write(`| ${where} | ${(share * each).toFixed(1)} | ${(100 * share).toFixed(1)} % |\n`);
}
process.stdout.write(`\n${all} samples\n`);
