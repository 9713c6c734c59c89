/** conntrack mark of ballast entries: lets a listing leave them out in the kernel (ctnetlink filters dumps by mark). */
export const BALLAST_MARK = 0x63746c64; // "ctld"
