import { execFileSync } from 'node:child_process';
import { until } from '../../../src/platform/clock.ts';
import { install } from './install.ts';

/** Why there is no tmux, or undefined when there is, installed from Debian when need be. */
export function provideTmux(): string | undefined {
  return install(['tmux', 'tmux']) ? undefined : 'needs tmux';
}

/** One window of a tmux server of its own, with a plain shell in it. */
export class Tmux implements Disposable {
  readonly #server = `ctload-test-${process.pid}`;

  constructor(columns: number, rows: number) {
    const shell = ['env', 'LANG=C.UTF-8', 'PS1=$ ', 'sh'];
    this.#run('-u', '-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), ...shell);
  }

  type(line: string): void {
    this.#run('send-keys', line, 'Enter');
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The rows on the screen, and with `history` those that have left it. */
  rows(history = false): string[] {
    return this.#run('capture-pane', '-p', ...(history ? ['-S', '-'] : [])).split('\n');
  }

  get cursorVisible(): boolean {
    return this.#run('display-message', '-p', '#{cursor_flag}').trim() === '1';
  }

  /** Waits until a row matches; false after `seconds`. */
  shows(pattern: RegExp, seconds: number): Promise<boolean> {
    return until(() => this.rows(true).some((row) => pattern.test(row)), seconds, 0.1);
  }

  [Symbol.dispose](): void {
    this.#run('kill-server');
  }

  #run(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
  }
}
