#!/usr/bin/env node
import type { Invocation } from './commands/declare.ts';
import { explain } from './commands/explain.ts';
import { createProgram } from './commands/program.ts';
import { neverEndUnfinished } from './commands/unfinished.ts';
import { wantsColor } from './platform/color.ts';
import { requireDescriptors } from './platform/descriptors.ts';
import { watchOutputStreams } from './platform/output-streams.ts';
import { VERSION, versionWithCommit } from './platform/version.ts';

async function main(): Promise<void> {
  requireDescriptors();
  const { argv, env } = process;
  const colorOf = (stream: NodeJS.WriteStream) => wantsColor(stream, program.opts<{ color: boolean }>().color, env);
  const invocation: Invocation = {
    argv,
    environment: env,
    color: () => ({ stdout: colorOf(process.stdout), stderr: colorOf(process.stderr) }),
    exit: (code) => {
      process.exitCode = code;
    },
  };
  const asksVersion = argv.includes('--version') || argv.includes('-V');
  const program = await createProgram(invocation, asksVersion ? await versionWithCommit() : VERSION, argv[2]);
  await program.parseAsync();
}

watchOutputStreams();
const work = main().catch((error: unknown) => {
  process.exitCode = explain(error);
});
neverEndUnfinished(work);
