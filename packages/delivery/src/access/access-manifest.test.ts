import { parseAllDocuments } from 'yaml';
import { describe, expect, test } from 'vitest';
import { releaseKinds } from '../cluster/index.ts';
import { accessManifest, accessObjects, type PolicyRule } from './access-manifest.ts';
import { grantsFor } from './rights.ts';

const both = ['pipelines', 'releases'] as const;

function rulesOf(purposes: Parameters<typeof accessObjects>[0]): readonly PolicyRule[] {
  const role = accessObjects(purposes).find((object) => object.kind === 'ClusterRole' && object.metadata.name === 'flow');
  // The only role of this name is made of these.
  return role?.['rules'] as readonly PolicyRule[];
}

const resourcesOf = (purposes: Parameters<typeof accessObjects>[0]): string[] => rulesOf(purposes).flatMap((rule) => rule.resources);

describe('the manifest of Flow’s account', () => {
  test.each([[both], [['pipelines']], [['releases']]] as const)('for %j holds as a file what it holds as objects', (purposes) => {
    const read = parseAllDocuments(accessManifest(purposes)).map((document) => document.toJS() as unknown);
    expect(read).toEqual(accessObjects(purposes));
  });

  test('says above every rule what it is for', () => {
    const lines = accessManifest(both).split('\n');
    const rules = lines.flatMap((line, index) => (line.startsWith('  - {') ? [lines[index - 1] ?? ''] : []));
    expect(rules).toHaveLength(grantsFor(both).length);
    expect(rules.filter((line) => !/^ {2}# to \w+/.test(line))).toEqual([]);
  });

  test('gives a cluster for releases nothing on workflows and roles, and one for pipelines nothing on Secrets and canaries', () => {
    expect(resourcesOf(['releases'])).not.toEqual(expect.arrayContaining(['workflows']));
    expect(resourcesOf(['releases']).filter((resource) => /role|workflow|log/.test(resource))).toEqual([]);
    expect(resourcesOf(['pipelines']).filter((resource) => /secret|rollout|analysis|services|configmap/.test(resource))).toEqual([]);
  });

  test('lets Helm write every kind that a release may hold', () => {
    const writable = rulesOf(['releases']).filter((rule) =>
      ['get', 'create', 'patch', 'delete'].every((verb) => rule.verbs.includes(verb)),
    );
    expect(writable.flatMap((rule) => rule.resources)).toEqual(expect.arrayContaining(releaseKinds.map((kind) => kind.plural)));
  });

  test('never grants a wildcard, and of roles only to bind the one of the executors', () => {
    expect(rulesOf(both).filter((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'))).toEqual([]);
    const onRoles = rulesOf(both).filter((rule) => rule.apiGroups.includes('rbac.authorization.k8s.io'));
    expect(onRoles).toEqual([
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['flow-workflow-executor'],
        verbs: ['get', 'bind'],
      },
    ]);
  });

  test('names each resource once', () => {
    const names = resourcesOf(both);
    expect(new Set(names).size).toBe(names.length);
  });
});
