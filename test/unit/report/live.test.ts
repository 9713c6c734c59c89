import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { painter } from '../../../src/report/layout.ts';
import { createLiveView, type LiveState, type Screen } from '../../../src/report/live.ts';
import { liveFrame, livePlain } from '../../../src/report/live-frame.ts';

const STATE: LiveState = {
  phase: 'load',
  t: 12.3,
  totalSeconds: 25,
  entries: 3072,
  max: 4096,
  rate: 512,
  failed: 0,
  drops: 0,
  p99Ms: 1.234,
  open: 250,
};

class Tape implements Screen {
  readonly isTTY: boolean;
  readonly columns = 80;
  text = '';
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

describe('a frame of the live view', () => {
  it('shows phase, time left, the bar, rate, p99 and losses', () => {
    expect(liveFrame(STATE, 80, painter(false))).toEqual([
      'load  00:12, 13 s left',
      `table [${'#'.repeat(30)}${'.'.repeat(10)}] 3,072/4,096 (75 %)`,
      '512 conn/s  250 open  p99 1.23 ms',
      '0 failed  0 packets dropped',
    ]);
  });

  it.each([1, 10, 20, 30, 45, 79])('fits %i columns', (width) => {
    const full = { ...STATE, entries: 262_144, max: 262_144, failed: 123_456, drops: 1_234_567, rate: 12_345 };
    for (const line of liveFrame(full, width, painter(true))) {
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width);
    }
  });

  it('never says full before it is', () => {
    expect(liveFrame({ ...STATE, entries: 4095 }, 80, painter(false))[1]).toContain('(99 %)');
    expect(liveFrame({ ...STATE, entries: 4098 }, 80, painter(false))[1]).toContain('(100 %)');
  });

  it('is one line in a log', () => {
    expect(livePlain({ ...STATE, p99Ms: null, t: 26 })).toBe(
      '00:26 load: 3072/4096 entries, 512 conn/s, 250 open, 0 failed, 0 dropped, p99 -, ending',
    );
  });
});

describe('on a terminal', () => {
  it('redraws in place at most four times a second and gives the cursor back', () => {
    const tape = new Tape(true);
    let now = 0;
    const view = createLiveView(tape, { color: false, clock: () => now });
    for (now = 0; now < 1; now += 0.05) view.update(STATE);
    expect(tape.text.split('table [').length - 1).toBe(4);
    expect(tape.text.split('\x1b[4A').length - 1).toBe(3); // back up over the four lines
    view.close();
    view.close();
    view.update(STATE);
    expect(tape.text.endsWith('\x1b[?25h')).toBe(true);
  });

  it('leaves no listener behind', () => {
    const before = process.listenerCount('exit');
    createLiveView(new Tape(true), { color: false }).close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('elsewhere', () => {
  it('writes one plain line a second, and the last state', () => {
    const tape = new Tape(false);
    let now = 0;
    const view = createLiveView(tape, { color: true, clock: () => now });
    for (now = 0; now < 2.9; now += 0.25) view.update({ ...STATE, t: now });
    view.close();
    expect(
      tape.text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 5)),
    ).toEqual(['00:00', '00:01', '00:02', '00:02']);
    expect(tape.text).not.toContain('\x1b');
  });
});
