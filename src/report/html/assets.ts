import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE } from '../../platform/package.ts';

/** The page's own script: modules in the order in which they build upon each other. */
const MODULES = ['format.js', 'theme.js', 'plot.js', 'group.js', 'keys.js', 'main.js'];

const STYLES = ['theme.css', 'page.css', 'figures.css', 'live.css', 'narrow.css', 'print.css'];

/** What the page brings along instead of loading it. */
export interface Assets {
  readonly style: string;
  readonly script: string;
}

/** uPlot as npm installed it, and the page's own style and script. */
export function readAssets(): Assets {
  const own = (file: string) => readFileSync(join(PACKAGE, 'src/report/html', file), 'utf8');
  const uplot = (file: string) => readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), 'utf8').trim();
  const modules = MODULES.map((name) => asScript(own(`browser/${name}`)));
  return {
    style: `${[uplot('uPlot.min.css'), ...STYLES.map((name) => own(`style/${name}`))].join('\n')}`,
    script: `${uplot('uPlot.iife.min.js')}\n(() => {\n'use strict';\n${modules.join('\n')}})();\n`,
  };
}

/** A module as part of one script: its imports and exports all lie in the same scope. */
function asScript(module: string): string {
  return module
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export /gm, '')
    .trimStart();
}
