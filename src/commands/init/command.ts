import { usageError } from '../../platform/errors.ts';
import type { Declare } from '../declare.ts';
import { seconds, timeout, whole } from '../plan/plan-values.ts';

interface InitFlags {
  readonly fromTable?: string;
  readonly size?: number;
  readonly limit?: number;
  readonly timeout: Readonly<Record<string, number>>;
  readonly staleAfter?: number;
}

const SIZE = 16_384; // entries
const LEAST_SIZE = 256; // entries: of fewer nothing is left of the smaller floods

export const declare: Declare = (program) => {
  program
    .command('init [file]')
    .description('write a commented starter scenario, a copy of the shipped scenario of that name, or the load of a real table')
    .optionsGroup('The load of a table:')
    .option(
      '--from-table <file>',
      'listing of a conntrack table, as ctload plan --table takes it; - for stdin, --here for this machine',
    )
    .option('--size <n>', `size of the table in the lab (default: ${SIZE})`, whole({ min: LEAST_SIZE }))
    .option('--limit <n>', 'nf_conntrack_max of the node that was listed (default: its table is full)', whole({ min: 1 }))
    .option('--timeout <name=duration>', 'conntrack timeout of that node, e.g. tcp_time_wait=30s (repeatable)', timeout, {})
    .option('--stale-after <duration>', 'idle for as long, an established connection counts as stale (default: 10m)', seconds)
    .action(async (file: string | undefined, flags: InitFlags) => {
      const { fromTable: table, size = SIZE, limit, timeout: timeouts, staleAfter: staleAfterSeconds } = flags;
      if (table !== undefined) {
        const { initFromTable } = await import('./from-table.ts');
        await initFromTable(file ?? 'from-table.yaml', { table, size, limit, timeouts, staleAfterSeconds });
        return;
      }
      const {
        fromTable: _,
        timeout: { ...named },
        ...others
      } = flags;
      if (Object.keys({ ...named, ...others }).length > 0) {
        throw usageError(
          '--size, --limit, --timeout and --stale-after are about --from-table, and it is not given',
          'name a listing with --from-table',
        );
      }
      const { init } = await import('./init.ts');
      init(file);
    });
};
