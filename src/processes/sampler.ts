import { serve, writeRecords } from '../probe/child.ts';
import { type SamplerSettings, Sampling } from '../probe/sampling.ts';

// Entry point: `node processes/sampler.js <settings as JSON>`, started by sampler.ts in the namespace it watches.
await serve(new Sampling(JSON.parse(process.argv[2] ?? '{}') as SamplerSettings, writeRecords));
process.exit();
