import type { TimelineRecord } from '../model/timeline/sample.ts';
import { sendToOwner, starting } from '../platform/remote/child-side.ts';
import { type SamplerSettings, Sampling } from '../probe/sampling.ts';
import { serveProbe } from '../probe/serve-probe.ts';

// Started with its settings as JSON, in the namespace whose table it samples.
const settings: SamplerSettings = JSON.parse(process.argv[2] ?? '{}');
const sampling = await starting(() => new Sampling(settings, (records) => sendToOwner<TimelineRecord>(...records)));
await serveProbe(sampling);
process.exit();
