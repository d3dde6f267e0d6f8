import { expect, test } from 'vitest';
import { expand } from './container-env.ts';
import { createPathMap } from './path-map.ts';

test('container paths are replaced as whole paths, the longest first, and nothing else', () => {
  const map = createPathMap([
    { containerPath: '/workspace/', realPath: '/real/w' },
    { containerPath: '/workspace/out', realPath: '/real/o' },
    { containerPath: '/tmp', realPath: '/tmp/real' },
  ]);
  const cases = {
    'cd /workspace && ls /workspace/src': 'cd /real/w && ls /real/w/src',
    'X=/workspace/out/a:"/workspace"': 'X=/real/o/a:"/real/w"',
    '/workspaces /my/workspace /workspace-2 /workspace.bak a/workspace':
      '/workspaces /my/workspace /workspace-2 /workspace.bak a/workspace',
    'in /workspace.': 'in /real/w.',
    '/tmp/a /var/tmp/a': '/tmp/real/a /var/tmp/a',
  };
  for (const [text, expected] of Object.entries(cases)) expect(map(text)).toBe(expected);
  expect(createPathMap([{ containerPath: '/', realPath: '/x' }])('/a')).toBe('/a');
});

test('variables are replaced as Kubernetes replaces them', () => {
  expect(expand('$(A) $$(A) $(NONE) $A', { A: 'x' })).toBe('x $(A) $(NONE) $A');
});
