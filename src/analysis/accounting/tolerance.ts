/** How far the ratio may be from 1 and still be proof. */
export const TOLERANCE = 0.03;
