import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COUNTER_NAMES, noReading, statParser } from '../../../src/probe/stat.ts';
import { property } from '../../fixtures/property.ts';

const HEADINGS = [
  'entries searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error expect_new expect_create expect_delete search_restart',
  'entries clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error expect_new expect_create expect_delete search_restart',
].map((text) => text.split(' '));
const counter = fc.integer({ min: 0, max: 2 ** 32 - 1 });

it(
  'sums every counter over the CPUs, whatever the order of the columns',
  property(
    [
      fc.constantFrom(...HEADINGS).chain((headings) => fc.shuffledSubarray(headings, { minLength: headings.length })),
      fc.array(fc.array(counter, { minLength: 17, maxLength: 17 }), { minLength: 1, maxLength: 9 }),
    ],
    (headings, cpus) => {
      const lines = cpus.map((values) => values.map((value) => value.toString(16).padStart(8, '0')).join(' '));
      const text = Buffer.from(`${headings.join('  ')}\n${lines.join('\n')}\n`);
      const reading = noReading();
      statParser(headings.join('  '))(text, text.length, reading);
      const total = (name: string) => cpus.reduce((sum, values) => sum + (values[headings.indexOf(name)] ?? Number.NaN), 0);
      expect(reading.drop).toBe(total('drop'));
      expect(reading.earlyDrop).toBe(total('early_drop'));
      expect(reading.insertFailed).toBe(total('insert_failed'));
      expect(reading.entries).toBe(cpus.at(-1)?.[headings.indexOf('entries')]);
      for (const name of COUNTER_NAMES) expect(Number.isSafeInteger(reading[name])).toBe(true);
    },
  ),
);
