import { guard } from './guard.ts';

await guard();
