import { expect, test } from 'vitest';
import { quietManifest } from './quiet-manifest.ts';

test('only the label of the deployment is left out of the comparison', () => {
  const manifest = 'metadata:\n  labels:\n    flow.dev/service: "a"\n    flow.dev/deployment: "b"\nspec:\n  replicas: 5\n';
  expect(quietManifest(manifest)).toBe('metadata:\n  labels:\n    flow.dev/service: "a"\nspec:\n  replicas: 5\n');
});

test('a value that mentions the label stays', () => {
  const manifest = 'data:\n  note: see flow.dev/deployment: it names the deployment\n';
  expect(quietManifest(manifest)).toBe(manifest);
});
