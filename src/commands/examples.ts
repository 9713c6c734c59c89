/** A command line as a user types it, and what it does. */
export type Example = readonly [line: string, what: string];

/** What `--help` and the manual page show, by command. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  ctload: [
    ['ctload doctor', 'see what this machine can run'],
    ['ctload run burst', 'fill a table and see where it breaks'],
  ],
  run: [
    ['ctload run burst', 'a shipped scenario, by name'],
    ['ctload run burst --set gateway.conntrack.max=20k', 'the same with a larger table'],
    ['ctload run my-gateway.yaml --driver docker --output results/mine', 'a file of your own, in containers, without root'],
  ],
  find: [
    ['ctload find held --set gateway.conntrack.max=2k', 'requests per second that the table can hold'],
    ['ctload find websockets --for connections', 'held connections that fit'],
  ],
  plan: [
    ['ctload plan --instance-type m5.large --rate 700 --websockets 20k', 'a load on a node that does not exist yet'],
    ['ctload plan --here', 'the limit of this machine'],
  ],
  inspect: [['ctload inspect burst --set gateway.conntrack.max=20k', 'when the larger table will be full']],
  report: [['ctload report results/mine', 'write summary and reports of a run again']],
  compare: [
    [
      'ctload compare results/before results/after --max-regression breaking_point_entries=2%',
      'exit 114 if it breaks more than 2 % earlier',
    ],
  ],
  init: [
    ['ctload init my-gateway.yaml', 'the starter, with comments'],
    ['ctload init burst', 'a copy of a shipped scenario: burst.yaml'],
  ],
  validate: [['ctload validate my-gateway.yaml', 'every problem with line and column']],
  doctor: [['ctload doctor --json', 'for an issue or a script']],
  clean: [['ctload clean', 'after a crash of the machine or a kill -9 of everything']],
  completion: [
    ['ctload completion bash > /etc/bash_completion.d/ctload', 'bash'],
    ['ctload completion zsh > /usr/local/share/zsh/site-functions/_ctload', 'zsh'],
    ['ctload completion fish > ~/.config/fish/completions/ctload.fish', 'fish'],
  ],
  man: [['ctload man | man -l -', 'read it']],
};

/** The examples as text under a command's help. */
export function exampleText(examples: readonly Example[]): string {
  const lines = examples.map(([line, what]) => `  # ${what}\n  ${line}`);
  return `Examples:\n${lines.join('\n')}\n`;
}
