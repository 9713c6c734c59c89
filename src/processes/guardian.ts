import { guard } from '../lab/lease/guardian.ts';

await guard();
