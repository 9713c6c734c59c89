import type { AuthorizationV1Api, CoordinationV1Api, CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import { delay, monotonic, within } from '../../platform/clock.ts';
import { CtloadError, errnoOf, messageOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';

/** Seconds that an API server has for its first answer. */
const FIRST_ANSWER = 10;

/** A cluster whose API server has answered. */
export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly coordination: CoordinationV1Api;
  /** Name in the kubeconfig; `inClusterContext` for the account of the pod that ctload runs in. */
  readonly context: string;
  /** The namespace of the context. */
  readonly namespace: string;
  /** URL of the API server. */
  readonly server: string;
  /** `v1.36.3` */
  readonly version: string;
}

/**
 * Finds a cluster as kubectl does: KUBECONFIG, else ~/.kube/config, else the account of the pod that ctload runs in.
 * The library is loaded here and nowhere else: that takes 0.7 s and 110 MB of memory.
 * @param context name in the kubeconfig; the current one by default
 * @throws {CtloadError} exit 112 when there is no such context, or its API server does not answer.
 */
export async function connectCluster(context?: string): Promise<Cluster> {
  const client = await import('@kubernetes/client-node');
  const { KubeConfig, CoreV1Api, AuthorizationV1Api, CoordinationV1Api, VersionApi } = client;
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (cause) {
    throw unfit(`cannot read the kubeconfig: ${messageOf(cause)}`, 'check KUBECONFIG, or ~/.kube/config', cause);
  }
  const names = config.getContexts().map(({ name }) => name);
  if (context !== undefined && !names.includes(context)) {
    throw unfit(`the kubeconfig has no context ${context}`, `it has ${names.join(', ') || 'none'}: kubectl config get-contexts`);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw unfit(
      'the kubeconfig has no current context',
      'name one with lab.kubernetes.context, or: kubectl config use-context NAME',
    );
  }
  const version = await firstAnswer(config.makeApiClient(VersionApi), cluster.server);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    authorization: config.makeApiClient(AuthorizationV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    context: config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    server: cluster.server,
    version,
  };
}

async function firstAnswer(api: VersionApi, server: string): Promise<string> {
  let why = `no answer within ${FIRST_ANSWER} s`;
  let version: string | undefined;
  const asked = api.getCode().then(
    ({ gitVersion }) => {
      version = gitVersion;
    },
    (error) => {
      why = reasonOf(error);
    },
  );
  await within(asked, FIRST_ANSWER);
  if (version !== undefined) return version;
  throw unfit(`the API server ${server} cannot be used: ${why}`, 'the same must work: kubectl version');
}

function unfit(message: string, hint: string, cause?: unknown): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit, cause });
}

/** HTTP status of an answer of the API server; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : undefined;
}

/** Why a request failed: what the API server said, else what the connection met. */
export function reasonOf(error: unknown): string {
  const said = /"message":"((?:[^"\\]|\\.)*)"/.exec(String((error as { readonly body?: unknown } | null)?.body ?? ''))?.[1];
  const body = (error as { readonly body?: { readonly message?: unknown } } | null)?.body?.message;
  if (typeof body === 'string') return body;
  if (said !== undefined) return JSON.parse(`"${said}"`);
  return errnoOf(error) ?? (messageOf(error).split('\n')[0] as string);
}

/**
 * The answer to a request. `what` says what it is for.
 * @throws {CtloadError} exit 100 with what the API server said.
 */
export async function answered<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw new CtloadError(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** Seconds that one request has which is made again, and between two. */
const ONE_REQUEST = 10;
const AGAIN = 0.5;

export interface Patience {
  /** Seconds that the API server may be away. */
  readonly seconds: number;
  /** Called once with the reason when it is away. */
  onAway?(why: string): void;
}

/**
 * Makes a request again and again while the API server is away, hangs or starts: it comes back.
 * @throws {CtloadError} exit 101 when it does not; else what it has answered.
 */
export async function insist<T>(request: () => Promise<T>, { seconds, onAway = () => {} }: Patience): Promise<T> {
  const deadline = monotonic() + seconds;
  let why = '';
  for (;;) {
    let answer: { readonly value: T } | undefined;
    let failure: unknown;
    const asked = request().then(
      (value) => {
        answer = { value };
      },
      (error) => {
        failure = error;
      },
    );
    await within(asked, Math.min(ONE_REQUEST, seconds));
    if (answer !== undefined) return answer.value;
    // One that has just started does not know yet who may do what.
    const starts = why !== '' && statusOf(failure) === 403;
    if (failure !== undefined && !isAway(failure) && !starts) throw failure;
    const first = why === '';
    why = failure === undefined ? 'no answer' : reasonOf(failure);
    if (first) onAway(why);
    if (monotonic() > deadline) {
      throw new CtloadError(`the API server does not come back (${why})`, { exitCode: ExitCode.teardown });
    }
    await delay(AGAIN);
  }
}

/** Whether nobody has answered, or one who cannot work. */
function isAway(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined ? errnoOf(error) !== undefined : status === 429 || status >= 500;
}

/** The same where it may be gone: undefined then. */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
