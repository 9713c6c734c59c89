import type { GuestImage } from './image.ts';

/** How the guest's CPUs are run: by the processor itself, or translated by QEMU. */
export type Accelerator = 'kvm' | 'tcg';

/** Processors that a guest sees. */
export const CPU_OF: Readonly<Record<Accelerator, string>> = { kvm: 'host', tcg: 'max' };

export const QEMU = 'qemu-system-x86_64';

/** Commands that a lab with a guest needs on this machine. */
export const VM_TOOLS = ['ip', 'nft', 'conntrack', 'nsenter', 'setpriv', QEMU] as const;

/** Interfaces of the guest, which are taps on this machine, and their addresses there, by which the guest tells them apart. */
export const LINKS = { front: '52:54:00:c7:10:00', back: '52:54:00:c7:10:01' } as const;

const KERNEL_FLAGS = 'console=ttyS0 quiet panic=-1 net.ifnames=0 random.trust_cpu=on';
/** What protects one user of a processor from another costs most where every indirect call is translated, and there is one user. */
const TRANSLATED_FLAGS = 'mitigations=off init_on_alloc=0 apparmor=0 audit=0';

/**
 * On a busy machine packets must not wait for the gateway; where that is not permitted, it waits its turn. The guest is a session of its
 * own, and a kernel with sched_autogroup_enabled (Debian's, Ubuntu's) shares CPUs between sessions first: there niceness counts
 * only within one (sched(7)), so the session has it too.
 */
const NICENESS = -10;
const START = `{ echo ${NICENESS} > /proc/self/autogroup; } 2>/dev/null; exec "$@" 3>&2`;

export interface GuestSpec {
  readonly image: GuestImage;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Whether it has the two taps. */
  readonly taps: boolean;
}

/**
 * The command that is the guest: it ends with the process that starts it, even if that is killed. The port for ctload is on
 * stdin and stdout, what the kernel says on stderr.
 */
export function qemuCommand({ image, accelerator, cpus, memoryBytes, taps }: GuestSpec): string[] {
  const console = ['-chardev', 'socket,id=console,fd=3', '-serial', 'chardev:console']; // Node.js makes stderr a socket
  const port = [
    ...['-device', 'virtio-serial-pci', '-chardev', 'stdio,id=control,signal=off'],
    ...['-device', 'virtserialport,chardev=control,name=ctload'],
  ];
  const links = Object.entries(taps ? LINKS : {}).flatMap(([name, address]) => [
    ...['-netdev', `tap,id=${name},ifname=${name},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=${name},mac=${address},rx_queue_size=1024`],
  ]);
  return [
    ...['nice', '-n', String(NICENESS), 'setpriv', '--pdeathsig', 'KILL', 'sh', '-c', START, 'sh', QEMU],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-machine', 'q35'],
    ...[
      '-accel',
      accelerator === 'kvm' ? 'kvm' : `tcg,thread=${cpus === 1 ? 'multi' : 'single'},tb-size=256`,
      '-cpu',
      CPU_OF[accelerator],
    ],
    ...['-smp', String(cpus), '-m', `${Math.floor(memoryBytes / 2 ** 20)}M`],
    ...['-kernel', image.kernel, '-initrd', image.initramfs],
    ...['-append', `${KERNEL_FLAGS}${accelerator === 'tcg' ? ` ${TRANSLATED_FLAGS}` : ''}`],
    ...console,
    ...port,
    ...links,
  ];
}
