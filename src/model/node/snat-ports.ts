/** Source ports that masquerade picks from: 1024 to 65535 (nf_nat_l4proto_unique_tuple in net/netfilter/nf_nat_core.c). */
export const SNAT_PORTS = 64_512;

/** First of them. */
export const FIRST_SNAT_PORT = 1_024;
