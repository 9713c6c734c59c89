import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { PAGES, ROOT } from '../../docs/pages.ts';

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...(PAGES.get(page) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each([...PAGES.keys()])('the links of %s lead somewhere', (page) => {
  const text = (PAGES.get(page) ?? '').replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    expect(existsSync(join(ROOT, file)), `${page}: ${target}`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), `${page}: ${target}`).toContain(anchor);
  }
});
