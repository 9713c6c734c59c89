import { closeSync, type Dirent, fstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { judgeIncident } from '../analysis/incident/judge.ts';
import { bytes } from '../model/format.ts';
import { DIAGNOSIS_SCHEMA, type IncidentDiagnosis, type Source } from '../model/result/diagnosis.ts';
import { messageOf, reasonOf, usageError } from '../platform/errors.ts';
import { openRegular, readAtMost } from '../platform/read-file.ts';
import { Capture } from '../probe/captured/capture.ts';
import { conclusionText, contradictionText, evidenceTexts, wantedText } from '../report/diagnosis/wording.ts';
import type { PrometheusReadings } from './incident/prometheus-readings.ts';

const LARGEST = 64 * 2 ** 20; // bytes of one file, unpacked
const BINARY_LOOK = 4096; // bytes in which a file that is no text has a 0
const MOST_FILES = 20_000; // a sosreport has a few thousand
const BINARY = /\.(?:png|jpe?g|pdf|tar|tgz|xz|bz2|zst|zip|rpm|deb|so|db|sqlite|pcap|journal|html)$/i;
const HINT =
  'give what dmesg, conntrack -S, nstat -az, netstat -s, sysctl -a, ethtool -S or node_exporter printed, or a folder of such files; - is stdin';

/**
 * Diagnoses an incident by what it left.
 * @param inputs files, folders, `-` for stdin
 * @param scraped what a Prometheus has of it besides, or instead
 * @throws {CtloadError} exit 2 when one cannot be read, or none holds anything known.
 */
export function diagnoseIncident(inputs: readonly string[], scraped?: PrometheusReadings): IncidentDiagnosis {
  const capture = new Capture();
  capture.readings.push(...(scraped?.readings ?? []));
  const sources: Source[] = scraped === undefined ? [] : [scraped.source];
  const problems: string[] = [...(scraped?.problems ?? [])];
  for (const input of inputs) {
    const isFolder = input !== '-' && statOf(input).isDirectory();
    const files = isFolder ? filesBelow(input) : [input];
    if (files.length === MOST_FILES) problems.push(`${input}: only the first ${MOST_FILES} files were read`);
    let known = 0;
    for (const file of files) {
      try {
        const holds = capture.read(file, textOf(file));
        if (holds.length > 0) sources.push({ file, holds });
        known += holds.length;
      } catch (cause) {
        if (!isFolder) throw usageError(`cannot read ${file}: ${reasonOf(cause)}`, HINT, cause);
        problems.push(`${file}: ${messageOf(cause)}`);
      }
    }
    if (known === 0) problems.push(`${input}: nothing in it is known`);
  }
  if (sources.length === 0) throw usageError(`${inputs.join(', ')}: no counter, setting or log of the kernel in it`, HINT);
  const { kind, causes, judged, wanted, contradictory } = judgeIncident(capture);
  return {
    schema: DIAGNOSIS_SCHEMA,
    conclusion: { kind, causes, text: conclusionText(kind, judged) },
    findings: judged.map(({ cause, certainty, because, figures }) => ({
      cause,
      certainty,
      evidence: evidenceTexts(because),
      figures,
    })),
    collect: wanted.map(wantedText),
    sources,
    problems: [...problems, ...contradictory.map(contradictionText)],
  };
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    throw usageError(`cannot read ${path}: ${reasonOf(cause)}`, HINT, cause);
  }
}

/** The files below a folder, in the order of their names; links are not followed. */
function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && found.length < MOST_FILES; next = folders.shift()) {
    for (const entry of entriesOf(next).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && !BINARY.test(entry.name) && found.length < MOST_FILES) found.push(path);
    }
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw usageError(`cannot read ${folder}: ${reasonOf(cause)}`, HINT, cause);
  }
}

/** @throws {Error} when it is no regular file, or larger than LARGEST. */
function textOf(file: string): string {
  if (file === '-') return readAtMost(0, LARGEST);
  const fd = openRegular(file);
  try {
    if (fstatSync(fd).size > LARGEST) throw new Error(`it is larger than ${bytes(LARGEST)}; cut out the time of the losses`);
    const raw = readFileSync(fd);
    const isGzip = raw[0] === 0x1f && raw[1] === 0x8b;
    const plain = isGzip ? gunzipSync(raw, { maxOutputLength: LARGEST }) : raw;
    return plain.subarray(0, BINARY_LOOK).includes(0) ? '' : plain.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
