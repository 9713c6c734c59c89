import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, temporaryFolder } from './ctload.ts';

export const WEB = 'web: {kind: short, executor: constant-arrival-rate, rate: 150, duration: 4s, connectTimeout: 1500ms}';
export const HELD = 'sockets: {kind: long, executor: constant-arrival-rate, rate: 75, duration: 2s, connectTimeout: 1200ms}';

/** A flag for rules of scenarios/rules. */
export function shipped(name: string): string[] {
  return ['--set', `gateway.rules.nftables=rules/${name}.nft`];
}

/** The rules themselves. */
export function shippedText(name: string): string {
  return readFileSync(join(ROOT, `scenarios/rules/${name}.nft`), 'utf8');
}

/** A flag for rules in a file of their own. */
export function rules(key: 'nftables' | 'iptables', text: string, mode = 'add'): string[] {
  const file = join(temporaryFolder(), 'rules');
  writeFileSync(file, text);
  return ['--set', `gateway.rules={${key}: ${file}, mode: ${mode}}`];
}
