import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ListingCount } from '../../../../src/probe/states/listing.ts';
import { listFile } from '../../../../src/probe/states/whole-listing.ts';

const folder = mkdtempSync(join(tmpdir(), 'ctload-whole-'));
const file = join(folder, 'nf_conntrack');
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (family: 'ipv4     2' | 'ipv6     10', address: string, mark = 0) =>
  `${family} tcp      6 9 TIME_WAIT src=${address} dst=${address} sport=4 dport=80 src=${address} dst=${address} sport=80 dport=4 [ASSURED] mark=${mark} zone=0 use=2\n`;

it('counts all entries of a file by family, those that others have marked included', async () => {
  writeFileSync(file, (entry('ipv4     2', '198.18.1.2') + entry('ipv6     10', '2001:2::1', 1)).repeat(5000));
  const count = new ListingCount();
  expect(await listFile(count, file).over).toBe(true);
  expect(count.result()).toEqual({ states: { TIME_WAIT: 10_000 }, unreplied: 0, assured: 10_000, ipv6: 5000 });
});

it('says that a listing was stopped, and why there is none', async () => {
  const listing = listFile(new ListingCount(), file);
  listing.stop();
  expect(await listing.over).toBe(false);
  await expect(listFile(new ListingCount(), join(folder, 'absent')).over).rejects.toThrow('ENOENT');
});
