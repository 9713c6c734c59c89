import { linear, roundTicks } from '../html/axis.ts';
import { html, type Markup } from '../html/markup.ts';
import type { Block, Interval } from './document.ts';

const WIDTH = 760;
/** Room for what never came, right of the axis. */
const RIGHT = WIDTH - 150;
const TOP = 24;
const LINE = 16;
const GAP = 10;
/** Width of a letter, about. */
const LETTER = 7.5;
const LONGEST_NAME = 220;
const INKS = ['bad', 'plain'] as const;

type Intervals = Extract<Block, { readonly kind: 'intervals' }>;

/** Medians as dots, and the intervals around them as lines, of each row under the other. What never came is at the right edge. */
export function intervalsPicture({ label, rows }: Intervals): Markup {
  const left = Math.min(LONGEST_NAME, 12 + LETTER * Math.max(1, ...rows.map(({ name }) => name.length)));
  const ends = rows.flatMap(({ intervals }) => intervals.flatMap(({ low, high }) => [low, high]));
  const last = Math.max(0, ...ends.map((end) => end ?? 0)) || 1;
  const x = linear([0, last], [left, RIGHT]);
  let y = TOP;
  const shapes = rows.map(({ name, intervals }) => {
    const from = y;
    y += LINE * Math.max(1, intervals.length) + GAP;
    const middle = (from + y - GAP) / 2;
    return html`<text x="${left - 8}" y="${fix(middle + 4)}" text-anchor="end">${name}</text>${intervals.map((interval, index) => shape(interval, index, x, from + LINE * (index + 0.5)))}\n`;
  });
  const names = rows.find(({ intervals }) => intervals.length > 0)?.intervals ?? [];
  const keys = names.map(({ name }, index) => html`<tspan class="${inkOf(index)}" dx="14">${name}</tspan>`);
  const ticks = roundTicks(0, last, 8).map(
    (value) =>
      html`<path class="grid" d="M${fix(x(value))} ${TOP - 6}V${y}"/><text class="tick" x="${fix(x(value))}" y="${y + 14}" text-anchor="middle">${value} s</text>`,
  );
  return html`<svg class="intervals" viewBox="0 0 ${WIDTH} ${y + 20}" role="img" aria-label="${label}"><text x="${RIGHT}" y="12" text-anchor="end">${keys}</text>
${ticks}
${shapes}</svg>`;
}

function shape({ low, median, high, never }: Interval, index: number, x: (value: number) => number, y: number): Markup {
  const place = (value: number | null) => (value === null ? RIGHT + LINE : x(value));
  const line = html`<path class="${inkOf(index)}" d="M${fix(place(low))} ${fix(y)}H${fix(place(high))}"/>`;
  const dot = html`<circle class="${inkOf(index)}" cx="${fix(place(median))}" cy="${fix(y)}" r="4"/>`;
  const text = html`<text class="tick" x="${fix(RIGHT + 2 * LINE)}" y="${fix(y + 4)}">${never}</text>`;
  return html`${line}${dot}${high === null ? text : html``}`;
}

function inkOf(index: number): string {
  return INKS[index % INKS.length] ?? 'plain';
}

function fix(value: number): number {
  return Math.round(value * 10) / 10;
}
