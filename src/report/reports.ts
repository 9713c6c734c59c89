import type { Report } from '../model/result/report.ts';
import { junitReport } from './ci/junit.ts';
import { csvReport } from './csv.ts';
import { htmlReport } from './html/page.ts';
import { markdownReport } from './markdown/markdown.ts';
import { prometheusReport } from './prometheus/prometheus.ts';

const summaryJson: Report = {
  file: 'summary.json',
  render: ({ summary }) => `${JSON.stringify(summary, null, 2)}\n`,
};

/** What `run` and `ctload report` write into a run's folder. */
export const REPORTS: readonly Report[] = [summaryJson, htmlReport, markdownReport, junitReport, csvReport, prometheusReport];
