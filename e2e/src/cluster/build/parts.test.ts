import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modulesDir } from '../places.ts';
import { builtPeers, builtPrograms, sourceEdits, upstreams } from './parts.ts';

test.each(Object.entries({ ...builtPrograms, ...builtPeers }))(
  '%s is pinned by its wrapper module as a tool, with sums',
  (_name, program) => {
    const text = readFileSync(join(modulesDir, program.module, 'go.mod'), 'utf8');
    expect(text).toMatch(new RegExp(`^\\s*(?:tool )?${program.package}$`, 'm'));
    expect(readFileSync(join(modulesDir, program.module, 'go.sum'), 'utf8')).toContain(' h1:');
  },
);

test('the version that Kubernetes says of itself is the one that is built', () => {
  const pinned = /^require k8s\.io\/kubernetes v(\S+)$/m.exec(readFileSync(join(modulesDir, 'kubernetes/go.mod'), 'utf8'))?.[1];
  expect(builtPrograms.kubelet.linkFlags).toContain(`gitVersion=v${pinned ?? 'none'}`);
});

test('every module whose source is edited is known by its upstream, and every edit has a reason', () => {
  for (const [module, edits] of Object.entries(sourceEdits)) {
    expect(Object.keys(upstreams)).toContain(module);
    expect(edits.every((edit) => edit.why.length > 10)).toBe(true);
  }
});
