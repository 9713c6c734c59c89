import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/report/html/page.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { longRun } from '../../fixtures/long-run.ts';
import { recordedFolder, recordedRun, withActions, withConnections, withSpike } from '../../fixtures/recorded.ts';
import { openPage, provideBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const found = await provideBrowser();
const missing = found === undefined ? 'no Chromium here, and none can be installed' : undefined;

describe('report.html in a browser', skipFor(missing), () => {
  const browser = found as Browser;
  afterAll(async () => await browser.close());

  it.each(['smoke', 'mixed'] as const)('%s: the breaking point is marked in every chart, where the axis has it', async (name) => {
    const run = recordedRun(name);
    const at = run.summary.breakingPoint?.atSeconds ?? Number.NaN;
    const page = await openPage(browser, renderPage(run));
    expect(await plots(page).count()).toBe(5);
    for (const plot of await plots(page).all()) {
      const { x, width } = await box(plot.locator('.u-over'));
      const expected = x + (at / (run.series.steps / 10)) * width;
      const marker = await box(plot.locator('.break-marker'));
      expect(Math.abs(marker.x + marker.width / 2 - expected)).toBeLessThan(1);
    }
    const first = plots(page).first(); // uPlot agrees about what lies there
    const marker = await box(first.locator('.break-marker'));
    await page.mouse.move(marker.x, marker.y + 20);
    expect(Math.abs(Number.parseFloat(await legend(first, 'at')) - at)).toBeLessThan(0.1);
    expect(await first.locator('.break-marker').textContent()).toBe(`break ${at.toFixed(2)} s`);
  });

  it('every action is marked in every chart, and named where there is room, above the break', async () => {
    const actions = [
      { atSeconds: 2, max: 8192, doneSeconds: 2.01 },
      { atSeconds: 2.2, flush: true, doneSeconds: 2.21, deletedEntries: 512 },
    ] as const;
    const page = await openPage(browser, renderPage(withActions(recordedRun('smoke'), actions)));
    for (const plot of await plots(page).all()) expect(await plot.locator('.action-marker').count()).toBe(2);
    const labels = plots(page).first().locator('.action-marker span');
    expect(await labels.allTextContents()).toEqual(['nf_conntrack_max set to 8,192', 'all entries deleted (512)']);
    const [first, second] = await Promise.all((await labels.all()).map(box));
    expect(second?.y).toBeGreaterThanOrEqual((first?.y ?? 0) + (first?.height ?? 0));
    expect(await page.locator('#time li').allTextContents()).toEqual([
      'at 2.00 s: nf_conntrack_max set to 8,192',
      'at 2.20 s: all entries deleted (512)',
    ]);
  });

  it('a run that held has no mark', async () => {
    const page = await openPage(browser, renderPage(recordedRun('held')));
    expect(await plots(page).count()).toBe(5);
    expect(await page.locator('.break-marker').count()).toBe(0);
  });

  it('a drag across one chart zooms all; the mark moves along; reset shows the whole run', async () => {
    const run = recordedRun('mixed');
    const at = run.summary.breakingPoint?.atSeconds ?? Number.NaN;
    const page = await openPage(browser, renderPage(run));
    const { x, y, width, height } = await box(plots(page).nth(1).locator('.u-over'));
    const whole = run.series.steps / 10;
    await page.mouse.move(x + width * 0.25, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.75, y + height / 2, { steps: 5 });
    await page.mouse.up();
    for (const plot of await plots(page).all()) {
      const [from, to] = await shown(plot);
      expect(from).toBeCloseTo(whole * 0.25, 1);
      expect(to).toBeCloseTo(whole * 0.75, 1);
      const over = await box(plot.locator('.u-over'));
      const marker = await box(plot.locator('.break-marker'));
      expect(Math.abs(marker.x + 1 - (over.x + ((at - from) / (to - from)) * over.width))).toBeLessThan(1);
    }
    await page.getByRole('button', { name: 'Reset' }).click();
    for (const plot of await plots(page).all()) expect(await shown(plot)).toEqual([0, whole]);
  });

  it('a double click resets, and a mark outside the view is not shown', async () => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')));
    const over = plots(page).first().locator('.u-over');
    const { x, y, width } = await box(over);
    await page.mouse.move(x + width * 0.7, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.9, y + 40, { steps: 5 });
    await page.mouse.up();
    expect(await page.locator('.break-marker:visible').count()).toBe(0);
    await over.dblclick({ position: { x: 50, y: 50 } });
    expect(await page.locator('.break-marker:visible').count()).toBe(5);
    expect((await shown(plots(page).last()))[0]).toBe(0);
  });

  it('the cursors of all charts move together, and every legend tells its values', async () => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')));
    const { x, y, width } = await box(plots(page).first().locator('.u-over'));
    await page.mouse.move(x + width * 0.2, y + 60);
    const times = await Promise.all((await plots(page).all()).map((plot) => legend(plot, 'at')));
    for (const time of times) expect(Math.abs(Number.parseFloat(time) - 11.1 * 0.2)).toBeLessThan(0.03);
    const lefts = await page
      .locator('.u-cursor-x:not(.u-off)')
      .evaluateAll((cursors) => cursors.map((cursor) => Math.round(cursor.getBoundingClientRect().left)));
    expect(lefts).toHaveLength(5);
    for (const left of lefts) expect(Math.abs(left - (x + width * 0.2))).toBeLessThan(2);
    expect(await legend(plots(page).first(), 'limit')).toBe('1,500');
    expect(Number(await legend(plots(page).first(), 'entries'))).toBeGreaterThan(300);
    const { load, connecting } = recordedRun('mixed').series;
    const succeeded = Number(((load.succeeded[22] ?? 0) * 10).toPrecision(3)); // 20 % of 11.1 s lie in the step from 2.2 s
    expect(await legend(plots(page).nth(2), 'succeeded')).toBe(`${succeeded}/s`);
    expect(await legend(plots(page).nth(3), 'p99')).toBe(`${Number(connecting[2]?.p99.toPrecision(3))} ms`);
  });

  it('works from the keyboard', async () => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')));
    const chart = page.locator('#chart-drops');
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.status').textContent()).toMatch(/^at 0\.2\d s, drop 0\/s$/);
    await page.keyboard.press('+');
    const [, to] = await shown(plots(page).first());
    expect(to).toBeLessThan(6);
    await page.keyboard.press('Shift+ArrowRight');
    expect((await shown(plots(page).last()))[0]).toBeGreaterThan(0.5);
    await page.keyboard.press('0');
    expect(await shown(plots(page).last())).toEqual([0, 11.1]);
    await page.keyboard.press('Tab');
    expect(await page.locator('#chart-attempts:focus').count()).toBe(1);
  });

  it('without scripts shows picture and figures instead', async () => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')), { javaScriptEnabled: false });
    expect(await page.locator('svg.overview').isVisible()).toBe(true);
    expect(await page.locator('figure.chart').first().isVisible()).toBe(false);
    expect(await page.getByRole('toolbar').isVisible()).toBe(false);
    await page.getByText('The charts’ figures as a table').click();
    expect(await page.getByRole('row', { name: '4.5 1,500 100 %' }).isVisible()).toBe(true);
  });

  it('a scenario called <script> stays text', async () => {
    const folder = join(temporaryFolder(), 'run');
    cpSync(recordedFolder('smoke'), folder, { recursive: true });
    const name = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
    const timeline = join(folder, 'timeline.ndjson');
    writeFileSync(
      timeline,
      readFileSync(timeline, 'utf8').replaceAll('"name":"smoke"', () => `"name":${JSON.stringify(name)}`),
    );
    const run = deriveReport(folder);
    expect(run.summary.scenario.name).toBe(name);
    const page = await openPage(browser, renderPage(run));
    expect(await page.locator('.meta b').textContent()).toBe(name);
    expect(await page.title()).toContain(name);
    expect(await page.locator('img').count()).toBe(0);
    expect(await plots(page).count()).toBe(5);
  });

  it.each([360, 1280])('at %i px nothing sticks out and no label covers another', async (width) => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')), { viewport: { width, height: 800 } });
    expect(await fullWidth(page)).toBe(width);
    expect(await overlaps(page, 'svg.plot-small text')).toEqual([]);
    const still = await openPage(browser, renderPage(recordedRun('mixed')), {
      viewport: { width, height: 800 },
      javaScriptEnabled: false,
    });
    expect(await fullWidth(still)).toBe(width);
    expect(await overlaps(still, 'svg.overview text')).toEqual([]);
  });

  it.each([100, 1_000, 1_000_000])('labels the percentiles of %i connections apart', async (connections) => {
    const run = withConnections(recordedRun('held'), connections);
    const page = await openPage(browser, renderPage(run), { viewport: { width: 360, height: 800 } });
    expect(await overlaps(page, 'svg.plot-small text')).toEqual([]);
  });

  it('keeps the usual rate readable beside one burst, and has its value at the cursor', async () => {
    const page = await openPage(browser, renderPage(withSpike(recordedRun('held'), 25, 20_000)));
    const chart = page.locator('#chart-attempts');
    expect(await chart.locator('figcaption').textContent()).toContain('up to 200,000/s at 2.50 s');
    const { x, y, width } = await box(chart.locator('.u-over'));
    const [, end] = await shown(plots(page).nth(2));
    await page.mouse.move(x + (width * 2.55) / end, y + 40);
    expect(await legend(plots(page).nth(2), 'attempted')).toBe('200,000/s');
  });

  it('prints the picture, in light colours, in a dark browser, too', async () => {
    const page = await openPage(browser, renderPage(recordedRun('mixed')), { colorScheme: 'dark' });
    const paper = () =>
      page.locator('body').evaluate((body) => body.ownerDocument.defaultView?.getComputedStyle(body).backgroundColor);
    expect(await paper()).toBe('rgb(21, 24, 28)');
    await page.emulateMedia({ media: 'print' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    expect(await page.locator('svg.overview').isVisible()).toBe(true);
    expect(await page.locator('figure.chart').first().isVisible()).toBe(false);
  });

  it('opens ten minutes of noise', async () => {
    const page = await openPage(browser, renderPage(longRun(600)));
    expect(await plots(page).count()).toBe(5);
    expect(await shown(plots(page).first())).toEqual([0, 600]);
  });
});

function plots(page: Page): Locator {
  return page.locator('.plot .uplot');
}

/** The seconds a chart shows. */
async function shown(plot: Locator): Promise<[from: number, to: number]> {
  return [Number(await plot.getAttribute('data-from')), Number(await plot.getAttribute('data-to'))];
}

async function fullWidth(page: Page): Promise<number> {
  return await page.locator('html').evaluate((root) => root.scrollWidth);
}

async function legend(plot: Locator, label: string): Promise<string> {
  const row = plot.locator('.u-series').filter({ has: plot.page().getByText(label, { exact: true }) });
  return (await row.locator('.u-value').textContent()) ?? '';
}

async function box(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await element.scrollIntoViewIfNeeded();
  const found = await element.boundingBox();
  if (found === null) throw new Error('the element has no box');
  return found;
}

/** Pairs of texts of one picture that cover each other. */
async function overlaps(page: Page, selector: string): Promise<string[]> {
  return await page.locator(selector).evaluateAll((texts) => {
    const boxes = texts
      .filter((text) => text.textContent !== '')
      .map((text) => ({ svg: text.closest('svg'), text: text.textContent, box: text.getBoundingClientRect() }));
    return boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (b) =>
            a.svg === b.svg &&
            a.box.left < b.box.right &&
            b.box.left < a.box.right &&
            a.box.top + 2 < b.box.bottom &&
            b.box.top + 2 < a.box.bottom,
        )
        .map((b) => `${a.text} / ${b.text}`),
    );
  });
}
