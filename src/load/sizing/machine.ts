import { readFileSync } from 'node:fs';
import { cpus, freemem } from 'node:os';
import type { PodLimits } from '../../model/input/existing/kubernetes.ts';
import { type AnyScenario, isExisting, isKubernetes } from '../../model/input/scenario.ts';
import { GUEST_DESCRIPTORS, type VmSpec } from '../../model/input/vm.ts';
import { descriptorLimit } from '../../platform/descriptors.ts';

/** The resources that load and backend can use. */
export interface MachineFacts {
  readonly cpus: number;
  /** Descriptors per process. */
  readonly descriptors: number;
  /** Files that the whole machine can still open (fs.file-max minus open files). */
  readonly files: number;
  /** Available memory (MemAvailable). */
  readonly memoryBytes: number;
}

/** Of a guest's memory, what its kernel and file system take. */
const GUEST_SYSTEM_BYTES = 300e6;
/** The kernel lets a tenth of the memory be open files, of 1 kB each (files_maxfiles_init, fs/file_table.c). */
const BYTES_PER_FILE = 10_240;

/** The machine that load and backend of `scenario` run on: this one, a guest that is yet to boot, or a pod. */
export function machineOf(scenario: AnyScenario): MachineFacts {
  if (isKubernetes(scenario)) return podFacts(scenario.lab.kubernetes.clients.resources);
  const vm = !isExisting(scenario) && scenario.lab.driver === 'vm' ? scenario.lab.vm : undefined;
  return vm?.scope === 'lab' ? guestFacts(vm) : machineFacts();
}

/** A pod has the descriptors that its container runtime gives, a million or more. */
const POD_DESCRIPTORS = 1_048_576;

function podFacts({ cpu, memoryBytes }: PodLimits): MachineFacts {
  return { cpus: Math.max(1, Math.floor(cpu)), descriptors: POD_DESCRIPTORS, files: Number.POSITIVE_INFINITY, memoryBytes };
}

function guestFacts({ cpus: many, memoryBytes }: VmSpec): MachineFacts {
  return {
    cpus: many,
    descriptors: GUEST_DESCRIPTORS,
    files: memoryBytes / BYTES_PER_FILE,
    memoryBytes: memoryBytes - GUEST_SYSTEM_BYTES,
  };
}

/** This machine. */
export function machineFacts(): MachineFacts {
  return { cpus: cpus().length, descriptors: descriptorLimit(), files: freeFiles(), memoryBytes: freemem() };
}

function freeFiles(): number {
  const [used = '', , most = ''] = readFileSync('/proc/sys/fs/file-nr', 'utf8').trim().split(/\s+/);
  return Number(most) - Number(used);
}
