import { describe, expect, test } from 'vitest';
import { pipelineJsonSchema } from './definition.ts';
import { parsePipeline } from './parse.ts';
import { planStages } from './stages.ts';

const good = `version: 1
stages:
  - name: test
    steps:
      - name: unit
        script: node --test
        retries: 1
        timeout: 5m
  - name: publish
    publish:
      repository: sandbox.local/shop/checkout
      script: flow-image build . --digest-file "$FLOW_DIGEST_FILE"
  - name: development
    deploy:
      environment: development
  - name: go
    approval: {}
`;

function faultsOf(text: string): readonly { line: number; column: number; path: string; message: string }[] {
  const parsed = parsePipeline(text);
  return parsed.ok ? [] : parsed.faults;
}

describe('a good definition', () => {
  test('is read, and stages without needs follow the one before', () => {
    const parsed = parsePipeline(good);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const planned = planStages(parsed.definition);
    expect(planned.timeoutSeconds).toBe(7200);
    expect(planned.stages.map((stage) => [stage.key, stage.kind, stage.needs])).toEqual([
      ['test', 'steps', []],
      ['publish', 'publish', ['test']],
      ['development', 'deploy', ['publish']],
      ['go', 'approval', ['development']],
    ]);
    expect(planned.stages[0]).toMatchObject({ steps: [{ retries: 1, timeoutSeconds: 300 }] });
  });

  test('has a JSON Schema for editors', () => {
    expect(pipelineJsonSchema()).toMatchObject({ type: 'object', required: ['version', 'stages'], additionalProperties: false });
  });
});

describe('every fault has its line and column', () => {
  test('broken YAML', () => {
    expect(faultsOf('version: 1\nstages: [')[0]).toMatchObject({ line: 2 });
  });

  test('a doubled key', () => {
    expect(faultsOf('version: 1\nversion: 1\nstages: []')[0]).toMatchObject({ line: 2, column: 1 });
  });

  test('an unknown field', () => {
    expect(faultsOf(good.replace('retries: 1', 'retires: 1'))).toEqual([
      { line: 7, column: 9, path: 'stages.0.steps.0.retires', message: 'Unknown field "retires"' },
    ]);
  });

  test('a stage of no kind', () => {
    expect(faultsOf('version: 1\nstages:\n  - name: a\n')).toEqual([
      { line: 3, column: 5, path: 'stages.0', message: 'A stage needs exactly one of steps, publish, deploy, approval' },
    ]);
  });

  test('a name with illegal characters', () => {
    expect(faultsOf(good.replace('name: unit', 'name: "unit; rm -rf /"'))[0]).toMatchObject({ line: 5, path: 'stages.0.steps.0.name' });
  });

  test('a stage that is not there', () => {
    expect(faultsOf(good.replace('    approval: {}', '    needs: [staging]\n    approval: {}'))).toEqual([
      { line: 17, column: 13, path: 'stages.3.needs.0', message: '"go" needs "staging", but there is no such stage' },
    ]);
  });

  test('a cycle, named from start to end', () => {
    const text = 'version: 1\nstages:\n  - name: a\n    needs: [b]\n    approval: {}\n  - name: b\n    needs: [a]\n    approval: {}\n';
    expect(faultsOf(text)).toEqual([
      { line: 4, column: 5, path: 'stages.0.needs', message: 'These stages wait for each other: a → b → a' },
    ]);
  });

  test('a deployment with nothing to deploy', () => {
    expect(faultsOf('version: 1\nstages:\n  - name: dev\n    deploy: { environment: dev }\n')[0]?.message).toMatch(
      /no publish stage comes before it/,
    );
  });

  test('aliases, deep nesting and large files are refused, not expanded', () => {
    expect(faultsOf('version: 1\nx: &a [1]\nstages: *a\n')).not.toEqual([]);
    expect(faultsOf('['.repeat(20_000))[0]?.message).toMatch(/nested deeper/);
    expect(faultsOf('#'.repeat(300_000))[0]?.message).toMatch(/larger than/);
  });
});
