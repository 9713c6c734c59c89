import { CtloadError, errnoOf, messageOf } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { describeLimits, mayWriteLimits } from '../host/limits.ts';
import { abandonedLease, repair } from '../lease/repair.ts';
import type { Swept } from '../sweep.ts';
import { findImage } from './base-image.ts';
import { containerPerProcess, haveLeft, isGone, removeContainers } from './containers.ts';
import { connectEngine, type Engine, unlessGone } from './engine.ts';
import { IMAGE } from './image.ts';
import { isOrphan, type Labels, RUN_LABEL } from './labels.ts';
import { isThisKernel, LIMITS_ACCESS, limitsObstacle, MACHINE_NETWORK, seemsElsewhere } from './machine.ts';
import { removeBridgeTable, runOfTable } from './untracked.ts';

/** The objects of one run on an engine. */
interface Left {
  readonly containers: { readonly id: string; readonly name: string }[];
  readonly networks: { readonly id: string; readonly name: string }[];
}

/** After ctload was killed its guardian restores the limits, and the machine's container removes the rules: both must not be killed before. */
const END_TIMEOUT = 5; // seconds

/**
 * Removes what killed runs left on the engine that the environment names, and restores limits that are still changed; without
 * an engine there is nothing to do. Runs whose owner is alive, and everything without ctload's label, stay as they are.
 */
export async function sweepDocker({ log }: { readonly log: Log }): Promise<Swept> {
  let engine: Engine;
  try {
    engine = await connectEngine();
  } catch (error) {
    // A socket that exists is that of an engine which has ended, perhaps in the middle of a run.
    if (errnoOf(error instanceof CtloadError ? error.cause : error) !== 'ENOENT')
      log.warn(`Docker is not looked at: ${messageOf(error)}`);
    return { removed: [], restored: [], kept: [] };
  }
  const swept = await sweepEngine(engine);
  const image = await findImage(engine, IMAGE);
  if (image === undefined) return swept; // no lab was ever built here
  const spec = { name: 'ctload-clean', runId: 'clean', image: image.id };
  const machine = containerPerProcess(engine, { ...spec, hostConfig: MACHINE_NETWORK });
  if (seemsElsewhere(engine) && !(await isThisKernel(machine))) {
    const { runOnEngine } = await import('./elsewhere/on-engine.ts');
    const why = await runOnEngine({ engine, image: image.id, log }, ['node', 'ctload', 'clean']).then(
      (code) => (code === ExitCode.ok ? undefined : `ctload clean there: exit code ${code}`),
      messageOf,
    );
    if (why !== undefined) swept.kept.push(`what is on the machine of ${engine.url}: ${why}`);
    return swept;
  }
  swept.removed.push(...(await removeStrayTables(engine, machine)).map((table) => `nftables table ${table}`));
  if (!mayWriteLimits() && limitsObstacle(engine) === undefined && (await abandonedLease()) !== undefined) {
    const restored = await repair(containerPerProcess(engine, { ...spec, hostConfig: LIMITS_ACCESS }));
    if (restored !== undefined) swept.restored.push(`${describeLimits(restored.limits)} (changed by run ${restored.runId})`);
    if (restored?.foreign === true) log.warn('another process changed a limit meanwhile; its value is left in place');
  }
  return swept;
}

/** The same for containers and networks only. */
export async function sweepEngine(engine: Engine): Promise<Swept> {
  const swept: Swept = { removed: [], restored: [], kept: [] };
  for (const [runId, left] of await leftByRun(engine, isOrphan)) {
    try {
      const containers = left.containers.map(({ id }) => engine.docker.getContainer(id));
      if (!(await haveLeft(containers, END_TIMEOUT))) await removeContainers(containers);
      await Promise.all(left.networks.map(({ id }) => unlessGone(engine.docker.getNetwork(id).remove())));
      swept.removed.push(...[...left.containers, ...left.networks].map(({ name }) => name));
    } catch (error) {
      swept.kept.push(`run ${runId}: ${messageOf(error)}`);
    }
  }
  return swept;
}

/** Removes the NOTRACK rules of runs that have nothing else left on the engine; returns the tables' names. */
export async function removeStrayTables(engine: Engine, machine: Host): Promise<string[]> {
  const tables = (await execute(['nft', 'list', 'tables', 'inet'], { host: machine }))
    .split('\n')
    .map((line) => line.split(' ')[2] ?? '');
  const alive = await leftByRun(engine, () => true);
  const stray = tables.filter((table) => {
    const runId = runOfTable(table);
    return runId !== undefined && !alive.has(runId);
  });
  if (stray.length > 0) await execute(['sh', '-c', stray.map(removeBridgeTable).join('; ')], { host: machine });
  return stray;
}

/** ctload's objects whose labels are `wanted`, by run. */
async function leftByRun({ docker }: Engine, wanted: (labels: Labels) => boolean): Promise<Map<string, Left>> {
  const found = new Map<string, Left>();
  const ours = { filters: { label: [RUN_LABEL] } };
  const entry = (labels: Labels): Left | undefined => {
    const runId = labels[RUN_LABEL];
    if (runId === undefined || !wanted(labels)) return undefined;
    const left = found.get(runId) ?? { containers: [], networks: [] };
    found.set(runId, left);
    return left;
  };
  for (const { Id, Names, Labels } of await docker.listContainers({ ...ours, all: true })) {
    // An engine that was killed may list, until its next start, what it no longer has (dockerd 20.10: no name, 404 when inspected).
    if (await isGone(docker.getContainer(Id))) continue;
    entry(Labels)?.containers.push({ id: Id, name: `container ${Names[0]?.slice(1) ?? Id}` });
  }
  for (const { Id, Name, Labels } of await docker.listNetworks(ours)) {
    entry(Labels ?? {})?.networks.push({ id: Id, name: `network ${Name}` });
  }
  return found;
}
