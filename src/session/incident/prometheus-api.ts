import { bytes, list } from '../../model/format.ts';
import { CtloadError, errnoOf, messageOf, usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { printableLine } from '../../platform/printable.ts';

const SECONDS = 60;
const LARGEST = 128 * 2 ** 20; // bytes of an answer

/** One series of a range. */
export interface Series {
  /** `__name__` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value as Prometheus writes it. */
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** A Prometheus HTTP API (prometheus.io/docs/prometheus/latest/querying/api). Nothing but `base` is contacted: no redirect is followed. */
export class PrometheusApi {
  readonly #base: string;

  /** @throws {CtloadError} exit 2 for what is no URL of it. */
  constructor(base: string) {
    const url = URL.canParse(base) ? new URL(base) : undefined;
    const isPlain = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.search === '';
    if (!isPlain) throw usageError('--prometheus: expected a URL such as http://127.0.0.1:9090, without credentials');
    this.#base = base.replace(/\/+$/, '');
  }

  get name(): string {
    return this.#base;
  }

  /**
   * The result of a query at one time, in seconds since 1970.
   * @throws {CtloadError} exit 100 when it cannot be reached or is no Prometheus, 2 when it refuses the query.
   */
  async query(query: string, at: number): Promise<Series[]> {
    const answer = await this.#post('/api/v1/query', { query, time: String(at), timeout: `${SECONDS}s` });
    const { status, error, data } = answer as { status?: unknown; error?: unknown; data?: { result?: unknown } };
    if (status === 'error') {
      throw usageError(
        `${this.#base} refuses the query: ${printableLine(String(error))}`,
        'choose a shorter range, or one machine with --instance',
      );
    }
    if (status !== 'success' || !Array.isArray(data?.result)) throw this.#noPrometheus('an answer of another form');
    return data.result.map(({ metric = {}, values, value }) => ({ labels: metric, values: values ?? [value] }));
  }

  async #post(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    let text: string;
    let type: string;
    let status: number;
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method: 'POST',
        body: new URLSearchParams(parameters),
        redirect: 'manual',
        signal: AbortSignal.timeout(SECONDS * 1000),
      });
      ({ status } = response);
      type = response.headers.get('content-type') ?? 'no content type';
      text = await readAtMost(response);
    } catch (cause) {
      throw new CtloadError(`cannot reach Prometheus at ${this.#base}: ${reasonOf(cause)}`, {
        hint: 'give the URL under which this machine reaches its HTTP API: --prometheus http://HOST:9090',
        exitCode: ExitCode.setup,
        cause,
      });
    }
    try {
      return JSON.parse(text);
    } catch {
      throw this.#noPrometheus(`status ${status}, ${printableLine(type)}`);
    }
  }

  #noPrometheus(answered: string): CtloadError {
    return new CtloadError(`${this.#base} is not the HTTP API of a Prometheus: it answered with ${answered}`, {
      hint: 'name the URL up to /api/v1; redirects are not followed, and no credentials are sent',
      exitCode: ExitCode.setup,
    });
  }
}

/** A matcher of one of these values, as PromQL writes it. */
export function matcher(label: string, value: string): string {
  return `${label}=${JSON.stringify(value)}`;
}

/** `a, b and c`, of many the first few. */
export function someOf(names: readonly string[], most = 8): string {
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : list(names);
}

async function readAtMost(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > LARGEST) throw new Error(`the answer is larger than ${bytes(LARGEST)}; choose a shorter range`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** fetch says `fetch failed`, and why in its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${SECONDS} s`;
  return cause === undefined ? messageOf(error) : messageOf(cause) || (errnoOf(cause) ?? messageOf(error));
}
