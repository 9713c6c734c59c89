/** Different complaints that are counted; all others are one. */
const MOST = 30;
export const OTHERS = 'others';

/** Counts what a proxy complains of, whoever the client was and whenever. */
export class Complaints {
  readonly #counts = new Map<string, number>();

  add(line: string): void {
    const what = complaintIn(line);
    if (what === undefined) return;
    const key = this.#counts.has(what) || this.#counts.size < MOST ? what : OTHERS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

/** `2026/11/28 06:25:01 [crit] 12#12: *45 connect() to 198.19.1.3:8080 failed (99: Cannot assign requested address) while connecting to upstream, client: …` */
const NGINX = /^\d{4}\/\d\d\/\d\d [\d:]+ \[\w+\] \d+#\d+: (?:\*\d+ )?(.*)$/;
/** A request in HAProxy's format `httplog`: `198.18.0.2:4038 [28/Nov/2026:06:25:01.123] front back/endpoint-3 0/0/-1/-1/5003 503 217 - - sC-- …` */
const HAPROXY_REQUEST = /^\S+:\d+ \[[^\]]+\] \S+ \S+ [-+\d/]+ (\S+) \S+ \S+ \S+ (\S{4}) /;
/** A user namespace refuses nginx its list of groups; it goes on without. */
const NO_COMPLAINT = /^\[NOTICE\]|\] \d+#\d+: initgroups\(/;

/** What a line of a proxy's log says, without what tells one request from another; undefined where it is no complaint. */
export function complaintIn(line: string): string | undefined {
  const text = line.trim();
  if (text === '' || NO_COMPLAINT.test(text)) return undefined;
  const [, status, termination] = HAPROXY_REQUEST.exec(text) ?? [];
  // One that was answered well after another try is an error to HAProxy as well.
  if (status !== undefined)
    return Number(status) < 400 && termination === '----' ? undefined : `status ${status}, termination state ${termination}`;
  const said = NGINX.exec(text)?.[1]?.replace(/, (client|server|upstream): .*$/, '') ?? text;
  return said
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?/g, 'ADDRESS')
    .replace(/ ADDRESS failed/, ' failed')
    .replace(/ to failed/, ' failed')
    .slice(0, 160);
}
