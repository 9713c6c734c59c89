import type { Report } from '../model/result/report.ts';
import { jsonText } from '../platform/printable.ts';
import { junitReport } from './ci/junit.ts';
import { csvReport } from './csv.ts';
import { htmlReport } from './html/page.ts';
import { markdownReport } from './markdown/markdown.ts';
import { prometheusReport } from './prometheus/prometheus.ts';

const summaryJson: Report = {
  file: 'summary.json',
  render: ({ summary }) => jsonText(summary),
};

/** What `run` and `ctload report` write into a run's folder. */
export const REPORTS: readonly Report[] = [summaryJson, htmlReport, markdownReport, junitReport, csvReport, prometheusReport];
