import type { TimelineRecord } from '../model/timeline/sample.ts';
import { sendToOwner, starting } from '../platform/remote/child-side.ts';
import { Exporter } from '../probe/exporter/exporter.ts';
import { ExporterLoop } from '../probe/exporter/exporter-loop.ts';
import { parseScrape } from '../probe/exporter/scrape-text.ts';
import { serveProbe } from '../probe/serve-probe.ts';

// Started in the gateway's namespace, whose table the node_exporter that it starts reads.
const exporter = await starting(async () => {
  const started = await Exporter.start();
  parseScrape(await started.scrape()); // waits until it answers, and warms it up
  return started;
});
await serveProbe(new ExporterLoop(exporter, (record) => sendToOwner<TimelineRecord>(record)));
exporter.end();
process.exit();
