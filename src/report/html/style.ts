/** Of the small pages: text, lists and tables, in light and dark. The run report has its own, in `style/`. */
export const PLAIN_STYLE = `:root{color-scheme:light dark;--ink:#1c1e21;--quiet:#5c6370;--line:#d9dce1;--paper:#fff;--code:#f3f4f6;--bad:#b3261e;--good:#1b6e3c;--plain:#2b5ea7}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--quiet:#9aa3af;--line:#3a3f47;--paper:#16181c;--code:#22262c;--bad:#ff8a80;--good:#7bd69b;--plain:#8ab4f8}}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1rem;margin-top:2rem}.lead{font-weight:600}
.regression{color:var(--bad)}.good{color:var(--good)}.compared{color:var(--plain)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{font-weight:500;color:var(--quiet)}
tr.regression td{font-weight:600}p.note{color:var(--quiet);font-size:.875rem}code{overflow-wrap:anywhere}
pre{background:var(--code);padding:.8rem;overflow-x:auto;font-size:.8125rem}
`;

/** What pictures of intervals need besides. */
export const INTERVALS_STYLE = `.intervals{width:100%;font-size:.8125rem}.intervals text{fill:var(--ink)}.intervals .tick{fill:var(--quiet)}.intervals .grid{stroke:var(--line)}
.intervals path{stroke-width:3;stroke-linecap:round}.intervals .grid{stroke-width:1}
.intervals .bad{stroke:var(--bad)}.intervals .plain{stroke:var(--plain)}.intervals circle.bad,.intervals tspan.bad{fill:var(--bad);stroke:none}.intervals circle.plain,.intervals tspan.plain{fill:var(--plain);stroke:none}
`;
