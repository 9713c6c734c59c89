import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { findTool } from '../../../src/platform/tools.ts';
import { temporaryFolder } from './ctload.ts';
import { install } from './install.ts';

/** Debian's Chromium without a window, installed when need be; undefined where that is not possible. */
export async function provideBrowser(): Promise<Browser | undefined> {
  if (!install(['chromium', 'chromium'])) return undefined;
  return await chromium.launch({ executablePath: findTool('chromium') ?? 'chromium' });
}

/** Opens a page that stands in one file. When the test ends it must have asked for nothing else and complained of nothing. */
export async function openPage(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<Page> {
  const file = join(temporaryFolder(), 'report.html');
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('request', (request) => {
    if (request.url() !== url) trouble.push(`request: ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(trouble).toEqual([]);
  });
  await page.goto(url);
  return page;
}
