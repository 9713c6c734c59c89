import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { roleYaml } from '../../../src/lab/kubernetes/rights.ts';
import { parseAnyScenario } from '../../../src/scenario/load.ts';
import { ROOT } from '../../docs/pages.ts';

const FOLDER = join(ROOT, 'docker/kubernetes');
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

it('has every file of the base in its list', () => {
  const { resources, configMapGenerator } = parse(textOf('kustomization.yaml'));
  const listed = [...resources, ...configMapGenerator.flatMap(({ files }: { files: string[] }) => files)];
  expect([...listed, 'kustomization.yaml'].sort()).toEqual(readdirSync(FOLDER).sort());
  for (const file of resources) {
    for (const document of parseAllDocuments(textOf(file))) expect(document.toJS()).toHaveProperty('kind');
  }
});

it('has the rights that a run needs, and a scenario that can be run', () => {
  expect(textOf('role.yaml')).toBe(roleYaml());
  expect(parseAnyScenario(textOf('scenario.yaml'), 'scenario.yaml').scenario.lab.driver).toBe('kubernetes');
});

it('runs where Pod Security restricted is enforced, and writes nowhere but to its volumes', () => {
  const { spec } = parse(textOf('job.yaml')).spec.template;
  const [container] = spec.containers;
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  const mounted = container.volumeMounts.map(({ name }: { name: string }) => name);
  expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(mounted);
});
