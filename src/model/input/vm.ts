/** The virtual machine of a lab with driver vm. */
export interface VmSpec {
  /** What runs in it: the gateway, or client and backend too. */
  readonly scope: 'gateway' | 'lab';
  /** The kernel to boot, a bzImage; Debian's cloud kernel when absent. */
  readonly kernel?: string;
  /** The folder of that kernel's modules. */
  readonly modules?: string;
  /** Its memory, in bytes. */
  readonly memoryBytes: number;
  /** Number of its CPUs. */
  readonly cpus: number;
  /** How its CPUs are run; `auto` is KVM where it works, else TCG. */
  readonly accel: 'auto' | 'kvm' | 'tcg';
}

/** Descriptors that a process in a virtual machine may have. */
export const GUEST_DESCRIPTORS = 65_536;
