import { expect, it } from 'vitest';
import { parseScrape } from '../../../../src/probe/exporter/scrape-text.ts';

const TEXT = `# TYPE node_exporter_build_info gauge
node_exporter_build_info{branch="debian/sid",goversion="go1.19.8",revision="1.5.0-1+b6",version="1.5.0"} 1
node_nf_conntrack_entries 123
node_nf_conntrack_entries_limit 262144
node_nf_conntrack_stat_drop 1.048576e+06
node_nf_conntrack_stat_early_drop 3
node_nf_conntrack_stat_insert_failed 4
`;

it('reads the table and the version', () => {
  expect(parseScrape(TEXT)).toEqual({
    version: '1.5.0',
    entries: 123,
    limit: 262_144,
    drop: 1_048_576,
    earlyDrop: 3,
    insertFailed: 4,
  });
});

it('names the figure that is missing', () => {
  expect(() => parseScrape(TEXT.replace('_stat_drop', '_stat_other'))).toThrow('gave no node_nf_conntrack_stat_drop');
});
