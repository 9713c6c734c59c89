import { createHash } from 'node:crypto';
import { html, type Markup, NOTHING, trusted } from './markup.ts';

export interface HtmlPage {
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** JavaScript that runs once the page is there; pages without it have no script at all. */
  readonly script?: string;
  readonly body: Markup;
}

/** A page that loads nothing: its policy allows no more than its own style and script. */
export function htmlPage({ title, style, script, body }: HtmlPage): string {
  const scripts = script === undefined ? '' : ` script-src ${sourceHash(script)};`;
  const policy = `default-src 'none';${scripts} style-src ${sourceHash(style)}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}${script === undefined ? NOTHING : html`\n<script>${trusted(script)}</script>`}
</body>
</html>
`;
  return page.text;
}

/** As a content security policy names it. */
function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
