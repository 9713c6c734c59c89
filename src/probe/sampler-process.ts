import { serve, writeRecords } from './child.ts';
import { type SamplerSettings, Sampling } from './sampling.ts';

// Entry point: `node probe/sampler-process.js <settings as JSON>`, started by sampler.ts in the namespace it watches.
await serve(new Sampling(JSON.parse(process.argv[2] ?? '{}') as SamplerSettings, writeRecords));
process.exit();
