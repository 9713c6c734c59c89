/** Mark of packets to masquerade: kube-proxy's default, bit 14 (masqueradeBit). */
export const MASQUERADE_MARK = '0x4000';
