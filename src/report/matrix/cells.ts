import { bytes, count, milliseconds, percent, seconds } from '../../model/format.ts';
import type { MatrixFigure, MatrixFigureName, MatrixVariant } from '../../model/result/campaign/matrix.ts';
import { figure } from '../wording/find.ts';

interface Words {
  readonly heading: string;
  format(value: number): string;
  /** For what never came. */
  readonly never: string;
}

/** How the figures of a matrix are called and written. */
export const FIGURE_WORDS: Readonly<Record<MatrixFigureName, Words>> = {
  breaking_point_seconds: { heading: 'broke after', format: seconds, never: 'held' },
  first_loss_seconds: { heading: 'first loss', format: seconds, never: 'none' },
  breaking_point_entries: { heading: 'entries', format: count, never: 'held' },
  recovery_seconds: { heading: 'recovery', format: seconds, never: 'not in the load' },
  conn_failed: { heading: 'failed', format: percent, never: '-' },
  conn_connecting_p99_ms: { heading: 'connect p99', format: milliseconds, never: '-' },
  peak_entries: { heading: 'peak entries', format: count, never: '-' },
  ipvs_connections: { heading: 'ip_vs_conn', format: count, never: '-' },
  entries_per_connection: { heading: 'entries/conn.', format: (value) => value.toFixed(2), never: '-' },
  table_memory_bytes: { heading: 'table memory', format: bytes, never: '-' },
  highest_value: { heading: 'holds up to', format: figure, never: '-' },
  gateway_cpu_share: { heading: 'gateway CPU', format: percent, never: '-' },
};

/** The median, and the interval where the runs differ: `1.62 s`, `1.62 s (1.60–1.64 s)`. */
export function valueCell(name: MatrixFigureName, figure: MatrixFigure | null): string {
  if (figure === null) return '-';
  const { format, never } = FIGURE_WORDS[name];
  const text = (value: number | null) => (value === null ? never : format(value));
  const [median, low, high] = [figure.median, figure.min, figure.max].map(text);
  if (low === high) return `${median}`;
  const [number, ...unit] = (low ?? '').split(' ');
  const alike = unit.length > 0 && high?.endsWith(` ${unit.join(' ')}`);
  return `${median} (${alike ? number : low}–${high})`;
}

/** The highest value that holds; where no search has confirmed one, the highest that held: `480 (unconfirmed)`. */
export function highestCell({ figures, searches }: Pick<MatrixVariant, 'figures' | 'searches'>): string {
  if (figures.highest_value !== null) return valueCell('highest_value', figures.highest_value);
  const best = searches.flatMap((search) => search.best ?? []);
  return best.length === 0 ? '-' : `${figure(Math.max(...best))} (unconfirmed)`;
}

/** The difference to the baseline, with a star where it is significant: `+100 % *`. */
export function changeCell(figure: MatrixFigure | null, base: MatrixFigure | null): string {
  if (figure === null || base === null) return '-';
  return `${changeText(figure, base)}${figure.significant ? ' *' : ''}`;
}

function changeText(figure: MatrixFigure, base: MatrixFigure): string {
  if (base.median === null) return figure.median === null ? 'same' : 'comes now';
  if (figure.median === null) return 'never now';
  if (figure.change === null) return 'from 0';
  if (figure.change === 0) return 'same';
  return `${figure.change < 0 ? '−' : '+'}${percent(Math.abs(figure.change))}`;
}
