import { terminates } from '../input/dataplanes.ts';

/** What of the lab a record can hold, and whose CPU time: what its numbers may be taken for. */
export interface Visibility {
  /** Whether the backend and every host's kernel counters are ctload's to read; false: what is not in the record is unknown, not 0. */
  readonly wholeLab: boolean;
  /** Whether client, gateway and backend share this machine. */
  readonly oneMachine: boolean;
  /** Whether ctload counts the CPU time of every process of the lab, so that the rest is that of other programs. */
  readonly allProcesses: boolean;
  /** Whether the CPU time of all of the gateway's own processes is counted, or it has none; as `allProcesses` when absent. */
  readonly gatewayProcesses?: boolean;
}

const OF_DRIVER: Readonly<Record<string, Visibility>> = {
  netns: { wholeLab: true, oneMachine: true, allProcesses: true, gatewayProcesses: true },
  vm: { wholeLab: true, oneMachine: true, allProcesses: true, gatewayProcesses: true },
  docker: { wholeLab: true, oneMachine: true, allProcesses: false }, // the engine starts them
  kubernetes: { wholeLab: true, oneMachine: false, allProcesses: false },
  external: { wholeLab: false, oneMachine: false, allProcesses: false },
};

/** What a lab of this driver lets ctload see, also where its record does not say. A gateway that ends connections has processes of its own. */
export function visibilityOf(driver: string, dataplane = 'unknown'): Visibility {
  const visibility = OF_DRIVER[driver] ?? { wholeLab: true, oneMachine: true, allProcesses: false };
  return driver === 'docker' ? { ...visibility, gatewayProcesses: !terminates(dataplane) } : visibility;
}

interface RecordedLab {
  readonly environment: { readonly driver: string };
  readonly lab: { readonly dataplane: string; readonly visibility?: Visibility };
}

/** As recorded; derived from the driver's name in records of versions that did not write it, nor the CPU time of a proxy. */
export function recordedVisibility({ environment, lab }: RecordedLab): Visibility {
  if (lab.visibility !== undefined) return lab.visibility;
  const visibility = visibilityOf(environment.driver, lab.dataplane);
  return lab.dataplane === 'proxy' ? { ...visibility, allProcesses: false, gatewayProcesses: false } : visibility;
}
