import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { findTool } from '../../../src/platform/tools.ts';
import { CLI, ROOT, unfit } from './ctload.ts';

const SCRIPTS = join(ROOT, 'test/integration/support/kubernetes');
/** Kubernetes' own programs, built once by test/integration/support/kubernetes/build: nine minutes, so no test does it. */
export const PROGRAMS = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ctload/kubernetes-1.36.3');
/** Debian's etcd-server, containerd, runc, containernetworking-plugins, busybox-static; and what else the scripts call. */
const NEEDED = ['etcd', 'containerd', 'ctr', 'runc', 'iptables', 'ip', 'openssl'];
const FILES = ['/usr/lib/cni/bridge', '/bin/busybox'];

/** Of a cluster of two nodes that `up` has made and that stays: saves its start. Its folder holds what belongs to it. */
const STANDING = process.env['CTLOAD_KUBECONFIG'];

/** Why there is no cluster here, or undefined when one can be started. */
export const noCluster: string | undefined =
  unfit ??
  (NEEDED.some((name) => findTool(name) === undefined) || FILES.some((file) => !existsSync(file))
    ? 'needs a cluster: etcd, containerd, CNI plugins or busybox are missing'
    : existsSync(join(PROGRAMS, 'kube'))
      ? undefined
      : 'needs Kubernetes in the cache: test/integration/support/kubernetes/build');

/** What `ctload kubernetes image` writes: every node of withCluster has it. */
export const IMAGE = 'ctload.test/lab:test';

export interface TestCluster {
  /** Of an administrator. */
  readonly kubeconfig: string;
  /** Of a user without any right. */
  readonly nobody: string;
  kubectl(...args: readonly string[]): string;
  /** Gives every node an image, as `docker save` writes it. */
  load(archive: string): void;
  /** Ends it, and what it has made on this machine. */
  down(): void;
}

/**
 * Starts a cluster with `nodes` nodes, node-a and so on, each a network namespace of its own with all of one node's programs; or
 * with one, node-host, in the machine's own namespace: its table is that of every program on this machine. `dual`: two nodes with IPv6
 * addresses, too.
 */
export function startCluster(nodes: number | 'host' | 'dual'): TestCluster {
  const stands = STANDING !== undefined && nodes === 2;
  const folder = stands ? dirname(STANDING) : mkdtempSync(join(tmpdir(), 'ctload-kube-'));
  const script = (name: string, ...args: readonly string[]) =>
    execFileSync(join(SCRIPTS, name), args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...(nodes === 'host' ? { KUBE_HOST_NODE: '1' } : {}),
        ...(nodes === 'dual' ? { KUBE_DUAL: '1' } : {}),
      },
    });
  const down = () => {
    if (stands) return;
    script('down', folder);
    rmSync(folder, { recursive: true, force: true });
  };
  const kubeconfig = join(folder, 'admin.kubeconfig');
  const kubectl = (...args: readonly string[]) =>
    execFileSync(join(PROGRAMS, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8' });
  try {
    if (!stands) script('up', PROGRAMS, folder, nodes === 'host' ? '0' : nodes === 'dual' ? '2' : String(nodes));
  } catch (error) {
    down();
    throw error;
  }
  return {
    kubeconfig,
    nobody: join(folder, 'nobody.kubeconfig'),
    kubectl,
    load: (archive) => void script('images', folder, archive),
    down,
  };
}

/**
 * A cluster for all tests of a file, whose nodes have IMAGE; ctload and what else they start use its kubeconfig. `folder` is for
 * files that they share.
 */
export function withCluster(
  nodes: number | 'host' | 'dual',
): Pick<TestCluster, 'kubeconfig' | 'nobody' | 'kubectl'> & { readonly folder: string } {
  let cluster: TestCluster;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctload-kube-test-'));
    const archive = join(folder, 'lab.tar');
    execFileSync(process.execPath, [CLI, 'kubernetes', 'image', '-o', archive, '--name', IMAGE], { stdio: 'pipe' });
    cluster = startCluster(nodes);
    cluster.load(archive);
    vi.stubEnv('KUBECONFIG', cluster.kubeconfig);
  }, 180_000);
  afterAll(() => {
    vi.unstubAllEnvs();
    cluster?.down();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);
  return {
    get kubeconfig() {
      return cluster.kubeconfig;
    },
    get nobody() {
      return cluster.nobody;
    },
    get folder() {
      return folder;
    },
    kubectl: (...args) => cluster.kubectl(...args),
  };
}
