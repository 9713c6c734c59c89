/**
 * Commands of the documentation that the tests do not carry out, by the reason; those of ctload are parsed by its own parser, and
 * their scenarios loaded. All others are run by test/integration/side-by-side/documented.test.ts.
 */
export const NOT_RUN: Readonly<Record<string, readonly RegExp[]>> = {
  'makes a lab and load: the tests of run and find do so with smaller ones': [
    /^ctload (run|find|matrix|fill) /,
    /^su nobody /,
    /^npm run quickstart$/,
  ],
  'installs on this machine': [/^sh \.ci\/setup /],
  'takes minutes: the tests themselves, the build, and the bench': [/^npm (test|run (test|bench|check|build|schemas|docs))\b/],
  'needs a node with traffic': [/^dmesg /, /^ctload diagnose /],
  'needs a cluster: test/integration/long/kube-proxy.test.ts and kubernetes.test.ts have one': [
    /^ctload plan --kube-context /,
    /^kubectl (label|debug) /,
    /^ctload kubernetes rbac \| kubectl /,
    /^ctload doctor --driver kubernetes$/,
  ],
  'needs promtool and a rule file: test/integration/side-by-side/alert-rules.test.ts has both': [/--alert-rules my-rules\.yml/],
};
