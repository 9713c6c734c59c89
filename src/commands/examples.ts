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
    ['ctload run burst --alert-rules my-rules.yml --scrape-interval 5s', 'whether your alerts fire in time'],
    ['ctload run my-gateway.yaml --driver docker --output results/mine', 'a file of your own, in containers, without root'],
  ],
  find: [
    ['ctload find held --set gateway.conntrack.max=2k', 'requests per second that the table can hold'],
    ['ctload find websockets --for connections', 'held connections that fit'],
  ],
  matrix: [
    ['ctload matrix my-remedies.yaml --repeat 5', 'which of its variants moves the breaking point'],
    ['ctload matrix my-remedies.yaml --resume results/remedies', 'go on where Ctrl-C ended it'],
  ],
  plan: [
    ['ctload plan --instance-type m5.large --rate 700 --websockets 20k', 'a load on a node that does not exist yet'],
    ['ctload plan --here', 'the limit of this machine'],
    ['ctload plan --kube-context production --rate 700', 'every node of a cluster, nearest to full first'],
    ['ctload plan --instance-type m5.large --table table.gz', 'the load behind a listing: conntrack -L | gzip > table.gz'],
  ],
  inspect: [['ctload inspect burst --set gateway.conntrack.max=20k', 'when the larger table will be full']],
  report: [['ctload report results/mine', 'write summary and reports of a run again']],
  compare: [
    [
      'ctload compare results/before results/after --max-regression breaking_point_entries=2%',
      'exit 114 if it breaks more than 2 % earlier',
    ],
  ],
  diagnose: [
    ['ctload diagnose before.txt after.txt dmesg.txt', 'each of the first two: (conntrack -S; nstat -az; sysctl -a)'],
    ['ctload diagnose sosreport-node1/', 'everything known in a folder'],
    ['ctload diagnose --prometheus http://127.0.0.1:9090 --from 30m --instance node1:9100', 'what Prometheus has of it'],
  ],
  init: [
    ['ctload init my-gateway.yaml', 'the starter, with comments'],
    ['ctload init burst', 'a copy of a shipped scenario: burst.yaml'],
    ['ctload init --from-table table.gz --size 8k', 'the load behind a listing, in a table of 8,000 entries'],
  ],
  validate: [['ctload validate my-gateway.yaml', 'every problem with line and column']],
  watch: [
    ['ctload watch', 'the tables of every network namespace, redrawn once per second'],
    ['ctload watch --listen 127.0.0.1:9469 --quiet', 'metrics for Prometheus at /metrics'],
    ['ctload watch --json --interval 10s --duration 1h > tables.ndjson', 'a record of one hour'],
  ],
  fill: [
    ['ctload fill --to 85% --for 10m', 'does the alert fire?'],
    ['ctload fill --to 100% --for 2m --allow-outage --netns gateway', 'what fails when the table of a gateway is full?'],
    ['ctload fill --to 85% --for 10m --node worker-1', 'the same on a node of a cluster'],
  ],
  doctor: [['ctload doctor --json', 'for an issue or a script']],
  clean: [['ctload clean', 'after a crash of the machine or a kill -9 of everything']],
  kubernetes: [
    ['ctload kubernetes image -o lab.tar', 'the image of the pods: kind load image-archive lab.tar'],
    ['ctload kubernetes rbac | kubectl apply -f -', 'as an administrator'],
  ],
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
