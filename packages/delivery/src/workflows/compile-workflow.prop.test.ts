import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileWorkflow } from './compile-workflow.ts';
import type { StepInput } from './compile-input.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '{{workflow.name}}',
    "{{='x'}}",
    'podSpecPatch: "{hostNetwork: true}"',
    '"}],"hostNetwork":true,"x":[{"',
    'FLOW_END\nid',
    '\u2028{{inputs.parameters.a}}',
  ),
);
const name = fc.oneof(fc.constantFrom('A', 'podSpecPatch', '__proto__', 'constructor'), fc.string({ maxLength: 10 }));

const step = (text: { script: string | null; command: string[] | null; env: Record<string, string>; image: string }): StepInput => ({
  key: 'x',
  needs: [],
  retries: 0,
  timeoutSeconds: 60,
  outputs: [],
  ...text,
});

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

const known = new Set(
  'apiVersion kind metadata name namespace labels spec entrypoint activeDeadlineSeconds podGC strategy deleteDelayDuration ttlStrategy secondsAfterCompletion podMetadata templates dag tasks template script image command env value source flow.dev/run flow.dev/segment flow.dev/attempt flow.dev/tenant'.split(
    ' ',
  ),
);

describe('whatever a person writes', () => {
  test('never becomes a field of the Workflow, and nothing in it is left for the engine to substitute', () => {
    const texts = fc.record({
      script: hostile,
      env: fc.dictionary(name, hostile, { maxKeys: 3 }),
      image: fc.oneof(fc.constant('node:24'), hostile),
      url: hostile,
      label: hostile,
    });
    fc.assert(
      fc.property(texts, fc.boolean(), (text, isScript) => {
        const program = isScript ? { script: text.script, command: null } : { script: null, command: [text.script, text.url] };
        const result = compileWorkflow({
          runId: 'r1',
          segment: 1,
          attempt: 1,
          namespace: 'shop',
          labels: { 'flow.dev/tenant': text.label },
          stages: [{ kind: 'steps', key: 'a', needs: [], steps: [step({ ...program, env: text.env, image: text.image })] }],
          parameters: { FLOW_BRANCH: text.url },
          timeoutSeconds: 60,
          checkout: { repositoryUrl: text.url, commitSha: '0'.repeat(40) },
        });
        if (!result.ok) {
          expect(result.faults.length).toBeGreaterThan(0);
          return;
        }
        expect(JSON.stringify(result.workflow)).not.toContain('{{');
        expect(keysOf(result.workflow).filter((key) => !known.has(key))).toEqual([]);
        expect(result.workflow.spec.templates).toHaveLength(3);
      }),
      { numRuns: 500 },
    );
  });

  test('in scripts is taken as it is when the rest is right', () => {
    fc.assert(
      fc.property(
        hostile.filter((text) => !text.includes('\0')),
        (script) => {
          const result = compileWorkflow({
            runId: 'r1',
            segment: 1,
            attempt: 1,
            namespace: 'shop',
            labels: {},
            stages: [
              { kind: 'steps', key: 'a', needs: [], steps: [step({ script, command: null, env: { A: script }, image: 'node:24' })] },
            ],
            parameters: {},
            timeoutSeconds: 60,
            checkout: null,
          });
          expect(result.ok).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
