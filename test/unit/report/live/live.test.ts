import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLiveView, type LiveState } from '../../../../src/report/live/live.ts';
import { type FrameOptions, liveFrame, livePlain } from '../../../../src/report/live/live-frame.ts';
import type { Screen } from '../../../../src/report/live/live-view.ts';
import { painter } from '../../../../src/report/text/layout.ts';
import { Trend } from '../../../../src/report/text/sparkline.ts';

const STATE: LiveState = {
  phase: 'load',
  t: 12.3,
  totalSeconds: 25,
  entries: 3072,
  max: 4096,
  rate: 512,
  failed: 0,
  drops: 0,
  clashed: 0,
  firstDrop: null,
  p99Ms: 1.234,
  open: 250,
};

const BROKE: LiveState = { ...STATE, t: 13, entries: 4096, failed: 3, drops: 6, firstDrop: { t: 12.84, entries: 4096 } };
const TERMINAL = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

const ESCAPE = '\x1b';
const PARTS = new RegExp(`${ESCAPE}\\[[?\\d;]*[A-Za-z]|\\n|\\r|[^${ESCAPE}\\n\\r]+`, 'g');

class Tape implements Screen {
  readonly isTTY: boolean;
  columns = 80;
  rows = 24;
  text = '';
  readonly listeners = new Set<() => void>();
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
  on(_: 'resize', listener: () => void): void {
    this.listeners.add(listener);
  }
  off(_: 'resize', listener: () => void): void {
    this.listeners.delete(listener);
  }
  resize(columns: number): void {
    this.columns = columns;
    for (const listener of this.listeners) listener();
  }
  /** What stands on the screen: cursor movements are carried out, colours left out, long lines wrapped as by a terminal. */
  screen(): string[] {
    const rows = [''];
    let row = 0;
    for (const [part] of this.text.matchAll(PARTS)) {
      if (part.endsWith('A') && part.startsWith(ESCAPE)) row -= Number(part.slice(2, -1));
      else if (part === `${ESCAPE}[J`) rows.splice(row, rows.length, '');
      else if (part === '\n') rows[++row] ??= '';
      else if (!part.startsWith(ESCAPE) && part !== '\r') rows[row] += part;
    }
    return rows;
  }
}

function frame(state: LiveState, { trend = new Trend(), ...more }: Partial<FrameOptions> & { trend?: Trend } = {}): string[] {
  return liveFrame(state, trend, { width: 80, height: 24, unicode: true, paint: painter(false), ...more });
}

function rising(): Trend {
  const trend = new Trend();
  for (let t = 0; t <= 12.5; t += 0.25) trend.add(t / 25, (t / 12.5) * 4096);
  return trend;
}

describe('a frame of the live view', () => {
  it('shows phase, time left, the bar, the course so far, rate, p99 and losses', () => {
    expect(frame(STATE, { trend: rising() })).toEqual([
      'load  00:12, 13 s left',
      `table [${'#'.repeat(30)}${'.'.repeat(10)}] 3,072/4,096 (75 %)`,
      `      [▁▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▆▇▇▇█${' '.repeat(19)}]`,
      '512 conn/s  250 open  p99 1.23 ms',
      '0 failed  0 packets dropped',
    ]);
  });

  it('tells what clashed apart from what found no room', () => {
    const clashing = { ...STATE, failed: 2, clashed: 23 };
    expect(frame(clashing).at(-1)).toBe('2 failed  0 packets dropped  23 clashed');
    expect(livePlain(clashing)).toContain('2 failed, 0 dropped, 23 clashed, p99');
  });

  it('does without block characters', () => {
    expect(frame(STATE, { trend: rising(), unicode: false })[2]).toBe(`      [___...,,---===+++***#${' '.repeat(19)}]`);
  });

  it.each([1, 10, 20, 30, 45, 79])('fits %i columns', (width) => {
    const full = { ...STATE, entries: 262_144, max: 262_144, failed: 123_456, drops: 1_234_567, rate: 12_345 };
    for (const line of frame(full, { trend: rising(), width, paint: painter(true) })) {
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])('fits %i lines, and gives up the course first', (height) => {
    const lines = frame(STATE, { height });
    expect(lines).toHaveLength(Math.min(5, height));
    expect(lines.some((line) => line.startsWith('      ['))).toBe(height >= 5);
  });

  it('never says full before it is', () => {
    expect(frame({ ...STATE, entries: 4095 })[1]).toContain('(99 %)');
    expect(frame({ ...STATE, entries: 4098 })[1]).toContain('(100 %)');
  });

  it('claims no figures of a table that it does not see', () => {
    const unseen = { ...STATE, entries: 0, max: 0 };
    expect(frame(unseen)[1]).toBe('table not monitored');
    expect(livePlain(unseen)).toContain('load: table not monitored, 512 conn/s');
  });

  it('says that it stops early, and after Ctrl-C what a second one does', () => {
    const [interrupted] = frame({ ...STATE, phase: 'interrupted' });
    expect(interrupted).toBe('stopping  00:12, waiting for open attempts; Ctrl-C again ends at once');
    expect(frame({ ...STATE, phase: 'stopping' })[0]).toBe('stopping  00:12, waiting for open attempts');
    expect(livePlain({ ...STATE, phase: 'interrupted' })).toMatch(/^00:12 stopping: .*, waiting for open attempts; Ctrl-C again/);
  });

  it('is one line in a log', () => {
    expect(livePlain({ ...STATE, p99Ms: null, t: 26 })).toBe(
      '00:26 load: 3,072/4,096 entries, 512 conn/s, 250 open, 0 failed, 0 dropped, p99 -, ending',
    );
  });
});

describe('the course of a figure', () => {
  it('keeps peaks, fills gaps and ends where the data do', () => {
    const trend = new Trend();
    expect(trend.columns(10)).toEqual([]);
    for (const [at, value] of [
      [0, 1],
      [0.01, 9],
      [0.25, 3],
      [0.45, 4],
    ] as const)
      trend.add(at, value);
    expect(trend.columns(10)).toEqual([9, 9, 3, 3, 4]);
  });

  it('counts what comes after the load to its end', () => {
    const trend = new Trend();
    trend.add(-0.1, 2);
    trend.add(1.7, 8);
    expect(trend.columns(2)).toEqual([2, 8]);
  });
});

describe('on a terminal', () => {
  const open = (tape: Tape, clock: () => number) => createLiveView(tape, { color: false, environment: TERMINAL, clock });

  it('redraws in place at most four times a second', () => {
    const tape = new Tape(true);
    let now = 0;
    const view = open(tape, () => now);
    for (now = 0; now < 1; now += 0.05) view.update(STATE);
    expect(tape.text.split('table [').length - 1).toBe(4);
    view.close();
    view.close();
    view.update(BROKE);
    expect(tape.screen().slice(0, 2)).toEqual(frame(STATE).slice(0, 2));
    expect(tape.screen()).toHaveLength(6); // five lines, and the cursor below them
  });

  it('has the cursor back after every write, so that nothing that ends ctload can leave it hidden', () => {
    const tape = new Tape(true);
    const view = open(tape, () => 0);
    view.update(STATE);
    expect(tape.text.startsWith('\x1b[?25l')).toBe(true);
    expect(tape.text.endsWith('\x1b[?25h')).toBe(true);
  });

  it('announces the first drop at once, once, above the picture', () => {
    const tape = new Tape(true);
    let now = 0;
    const view = open(tape, () => now);
    view.update(STATE);
    now = 0.01;
    view.update(BROKE);
    for (now = 1; now < 4; now++) view.update(BROKE);
    view.close();
    const [first, second] = tape.screen();
    expect(first).toBe('00:12 FIRST DROP by the kernel at 12.8 s, 4,096 of 4,096 entries');
    expect(second).toBe('load  00:13, 12 s left');
    expect(tape.text.split('FIRST DROP')).toHaveLength(2);
  });

  it('is drawn anew when the window changes, over what the terminal wrapped', () => {
    const tape = new Tape(true);
    const view = open(tape, () => 0);
    view.update(STATE);
    tape.text = '';
    tape.resize(30);
    // 22 + 65 + 48 + 33 + 27 characters stand on 1 + 3 + 2 + 2 + 1 rows by now.
    expect(tape.text).toContain('\x1b[9A\r\x1b[J');
    expect(tape.screen().every((line) => line.length < 30)).toBe(true);
    view.close();
    expect(tape.listeners.size).toBe(0);
  });
});

describe.each([
  ['elsewhere', false, TERMINAL],
  ['on a dumb terminal', true, { TERM: 'dumb', LANG: 'C.UTF-8' }],
  ['on an unknown terminal', true, {}],
])('%s', (_, isTTY, environment) => {
  it('writes one plain line a second, the first drop when it comes, and the last state', () => {
    const tape = new Tape(isTTY);
    let now = 0;
    const view = createLiveView(tape, { color: true, environment, clock: () => now });
    for (now = 0; now < 2.9; now += 0.25) view.update(now < 1.5 ? { ...STATE, t: now } : { ...BROKE, t: now });
    view.close();
    expect(
      tape.text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 16)),
    ).toEqual(['00:00 load: 3,07', '00:01 load: 3,07', '00:12 FIRST DROP', '00:02 load: 4,09', '00:02 load: 4,09']);
    expect(tape.text).not.toContain('\x1b');
  });

  it('says at once that the load stops, and once a second from then on', () => {
    const tape = new Tape(isTTY);
    let now = 0;
    const view = createLiveView(tape, { color: true, environment, clock: () => now });
    for (now = 0; now < 1.9; now += 0.25) view.update({ ...STATE, t: now, phase: now < 0.4 ? 'load' : 'interrupted' });
    const lines = tape.text.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, 16))).toEqual(['00:00 load: 3,07', '00:00 stopping: ', '00:01 stopping: ']);
  });
});
