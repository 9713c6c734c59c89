export const PLAN_FORMATS = ['text', 'markdown', 'html', 'json'] as const;
export type PlanFormat = (typeof PLAN_FORMATS)[number];
