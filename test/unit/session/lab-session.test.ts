import { expect, it, vi } from 'vitest';
import type { Lab, LabInProgress } from '../../../src/lab/lab.ts';
import { machineFacts } from '../../../src/load/sizing/machine.ts';
import { CtloadError } from '../../../src/platform/errors.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import { Interrupts } from '../../../src/session/measure/interrupts.ts';
import { planRun } from '../../../src/session/measure/run-plan.ts';

vi.mock('../../../src/lab/create.ts');
vi.resetModules(); // a file before this one in the same process may have loaded the real one, and what comes with it
const { chooseDriver, createLab } = await import('../../../src/lab/create.ts');
const { scriptedHost } = await import('../platform/remote/scripted.ts');
const { standUp } = await import('../../../src/session/lab-session.ts');

/** Stands up a lab on scripted hosts that is `ready` as given. */
function standingUp(ready: Promise<Lab>) {
  const { host, children } = scriptedHost('any');
  const building: LabInProgress = { hosts: { client: host, gateway: host, backend: host }, ready };
  vi.mocked(chooseDriver).mockResolvedValue({ driver: 'netns', why: 'tested' });
  vi.mocked(createLab).mockResolvedValue(building);
  const { scenario } = loadScenario('scenarios/smoke.yaml');
  const plan = planRun(scenario, machineFacts());
  using interrupts = new Interrupts();
  const log = { info: () => {}, warn: () => {} };
  return { session: standUp(scenario, plan, { runId: 'r', log, interrupts }), children, plan };
}

it('starts the processes while the lab is being built', async () => {
  let finish: (lab: Lab) => void = () => {};
  const { session, children, plan } = standingUp(
    new Promise((resolve) => {
      finish = resolve;
    }),
  );
  const SAMPLERS = 3;
  await vi.waitFor(() => expect(children).toHaveLength(plan.agents + plan.backends + SAMPLERS + 1), { timeout: 20_000 });
  const lab = { capacity: { effectiveMax: 500, method: 'sysctl', why: 'tested' } } as Lab;
  finish(lab);
  expect((await session).lab).toBe(lab);
  expect(children.filter(({ ended }) => ended)).toEqual([]);
});

it('ends the processes when the lab cannot be finished', async () => {
  const error = new CtloadError('the lab could not be set up');
  const { session, children } = standingUp(Promise.reject(error));
  await expect(session).rejects.toBe(error);
  expect(children.length).toBeGreaterThan(0);
  expect(children.filter(({ ended }) => !ended)).toEqual([]);
});
