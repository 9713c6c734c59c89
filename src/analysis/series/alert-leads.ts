import type { AlertRules, EvaluatedRules } from '../../model/result/alerts/alert-rules.ts';

/** @param firstLostAt when the first request was lost, seconds; null when none was */
export function withLeads(evaluated: EvaluatedRules, firstLostAt: number | null): AlertRules {
  return {
    ...evaluated,
    alerts: evaluated.alerts.map((alert) => ({
      ...alert,
      leadSeconds: alert.firingAtSeconds === null || firstLostAt === null ? null : firstLostAt - alert.firingAtSeconds,
    })),
  };
}
