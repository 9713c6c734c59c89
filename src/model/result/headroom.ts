/** CPU and memory in use at the break. */
export interface Headroom {
  /**
   * CPU that the gateway used at the break, as a share of all cores of its machine; null if not known. If
   * `gatewayCpuIsUpperBound`, it used at most this: all softirq time, and the gateway's own processes.
   */
  readonly gatewayCpuShareAtBreak: number | null;
  /**
   * Whether the gateway's CPU is an upper bound: on a kernel that it shares with client and backend, softirq time is not counted
   * by namespace. Absent in reports of earlier versions.
   */
  readonly gatewayCpuIsUpperBound?: boolean;
  /**
   * Part of `gatewayCpuShareAtBreak` used by ctload's own processes on the gateway's machine, above all to sample its table; null
   * if not known. Absent unless the gateway has a kernel of its own.
   */
  readonly gatewayProbeCpuShareAtBreak?: number | null;
  /** Memory not available at the break, as a share of the memory of the gateway's machine; null if not known. */
  readonly gatewayMemoryShareAtBreak: number | null;
  /**
   * CPU used at the break by the whole machine, ctload's client, backend and probe included, as a share of all cores; null if
   * not known.
   */
  readonly hostCpuShareAtBreak: number | null;
  /** Part of `hostCpuShareAtBreak` used by ctload's own processes. Absent in reports of earlier versions. */
  readonly ctloadCpuShareAtBreak?: number | null;
  /**
   * Part of `hostCpuShareAtBreak` used by other programs, at the least; null if ctload does not know every process of the lab.
   * Absent in reports of earlier versions.
   */
  readonly otherCpuShareAtBreak?: number | null;
}
