import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { CLI, leavesHostAlone, ROOT, temporaryFolder, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';
import { provideTmux, Tmux } from './support/tmux.ts';

const missing = unfit ?? provideTmux();

/** Milliseconds in which a picture is drawn anew on a machine that has nothing else to do. */
const REDRAW = 600;

describe('the live view in tmux', skipFor(missing), () => {
  leavesHostAlone();

  it('stays one picture of a width that fits, tells the first drop once, and leaves the cursor on', async () => {
    using tmux = new Tmux(80, 24);
    const folder = join(temporaryFolder(), 'run');
    tmux.type(
      `cd ${ROOT}; clear; ${process.execPath} ${CLI} run scenarios/smoke.yaml --set floods.requests.duration=6s --output ${folder}; echo exit $?`,
    );
    expect(await tmux.shows(/^00:0\d FIRST DROP by the kernel at \d\.\d\d s, \d+ of 500 entries$/, 20)).toBe(true);
    await settled(tmux, (rows) => {
      expect(pictures(rows)).toEqual(['table [########################################] 500/500 (100 %)']);
      expect(rows.join('\n')).toMatch(/^ {6}\[[▁▂▃▄▅▆▇]+█+ *\]$/m);
    });

    for (const columns of [50, 100]) {
      tmux.resize(columns, 24);
      await settled(tmux, (rows) => {
        expect(pictures(rows)).toHaveLength(1);
        expect(rows.filter((row) => /^(load|draining) +\d/.test(row))).toHaveLength(1);
        expect(rows.filter((row) => row.endsWith('packets dropped'))).toHaveLength(1);
      });
    }

    expect(await tmux.shows(/^exit 0$/, 20)).toBe(true);
    const all = tmux.rows(true);
    expect(all.filter((row) => row.includes('FIRST DROP'))).toHaveLength(1);
    expect(pictures(all)).toHaveLength(1);
    expect(tmux.cursorVisible).toBe(true);
  });

  it('is given up by Ctrl-C without a trace but its last state', async () => {
    using tmux = new Tmux(80, 24);
    const folder = join(temporaryFolder(), 'run');
    tmux.type(`cd ${ROOT}; clear; ${process.execPath} ${CLI} run scenarios/smoke.yaml --output ${folder}; echo exit $?`);
    expect(await tmux.shows(/^table \[/, 20)).toBe(true);
    tmux.type('\x03');
    expect(await tmux.shows(/^stopping {2}00:0\d, waiting for open attempts; Ctrl-C again ends at once$/, 5)).toBe(true);
    expect(await tmux.shows(/^exit 105$/, 20)).toBe(true);
    expect(pictures(tmux.rows(true))).toHaveLength(1);
    expect(tmux.cursorVisible).toBe(true);
  });
});

/** Looks at the screen once it has had time to be drawn anew, and again for as long as a busy machine may take. */
async function settled(tmux: Tmux, look: (rows: readonly string[]) => void): Promise<void> {
  await sleep(REDRAW);
  await vi.waitFor(() => look(tmux.rows()), { timeout: 5_000, interval: 100 });
}

function pictures(rows: readonly string[]): string[] {
  return rows.filter((row) => row.startsWith('table ['));
}
