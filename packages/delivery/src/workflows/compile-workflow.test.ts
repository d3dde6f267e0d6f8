import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workflow } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/Workflow';
import { afterEach, describe, expect, test } from 'vitest';
import type { CompileInput } from './compile-input.ts';
import { compileWorkflow } from './compile-workflow.ts';
import type { CompiledWorkflow, StepTemplate } from './compiled.ts';

const step = (key: string, more: Partial<NonNullable<unknown>> = {}) => ({
  key,
  needs: [],
  image: 'node:24',
  script: 'echo hello',
  command: null,
  env: {},
  retries: 0,
  timeoutSeconds: 60,
  ...more,
});

function anInput(more: Partial<CompileInput> = {}): CompileInput {
  return {
    runId: 'r1',
    segment: 1,
    attempt: 1,
    namespace: 'shop',
    labels: { 'flow.dev/tenant': 'shop' },
    stages: [
      { kind: 'steps', key: 'test', needs: [], steps: [step('unit', { retries: 2 }), step('lint', { needs: ['unit'] })] },
      { kind: 'publish', key: 'publish', needs: ['test'], step: step('publish', { script: 'echo sha256:1 > "$FLOW_DIGEST_FILE"' }) },
      { kind: 'gate', key: 'prod', needs: ['publish'], outputs: ['by'] },
    ],
    parameters: { FLOW_BRANCH: 'main' },
    timeoutSeconds: 600,
    checkout: null,
    ...more,
  };
}

function compiled(input: CompileInput): CompiledWorkflow {
  const result = compileWorkflow(input);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.workflow;
}

function stepOf(workflow: CompiledWorkflow, name: string): StepTemplate {
  const found = workflow.spec.templates.find((template) => template.name === name);
  if (found === undefined || !('script' in found)) throw new Error(`no step ${name}`);
  return found;
}

let folder = '';
afterEach(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** Runs the source of a step as the engine would: with `sh`, its container variables, in a folder of its own. */
function run(template: StepTemplate): string {
  folder = mkdtempSync(join(tmpdir(), 'flow-step-'));
  const env = { PATH: process.env['PATH'] ?? '', ...Object.fromEntries(template.script.env.map((one) => [one.name, one.value])) };
  return execFileSync('sh', ['-c', template.script.source], { cwd: folder, env, encoding: 'utf8', timeout: 20_000 });
}

describe('a compiled Workflow', () => {
  test('is one that the published schema of the engine accepts', () => {
    expect(() => new Workflow(structuredClone(compiled(anInput())) as never).validate()).not.toThrow();
  });

  test('holds the stages as a graph, and gates as suspend nodes that take their outputs from outside', () => {
    const { templates } = compiled(anInput()).spec;
    expect(templates[0]).toEqual({
      name: 'run',
      dag: {
        tasks: [
          { name: 'test', template: 'stage-test' },
          { name: 'publish', template: 'stage-publish', dependencies: ['test'] },
          { name: 'prod', template: 'stage-prod', dependencies: ['publish'] },
        ],
      },
    });
    expect(templates.at(-1)).toEqual({
      name: 'stage-prod',
      suspend: {},
      outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {}, default: '' } }] },
    });
  });

  test('leaves out needs that an earlier segment has met', () => {
    const [run] = compiled(anInput({ stages: [{ kind: 'gate', key: 'prod', needs: ['publish'] }] })).spec.templates;
    expect(run).toEqual({ name: 'run', dag: { tasks: [{ name: 'prod', template: 'stage-prod' }] } });
  });

  test('does not let the time limit run while it waits for people', () => {
    expect(compiled(anInput()).spec.activeDeadlineSeconds).toBeGreaterThan(600);
    expect(
      compiled(anInput({ stages: [{ kind: 'steps', key: 'test', needs: [], steps: [step('unit')] }] })).spec.activeDeadlineSeconds,
    ).toBe(600);
  });

  test('is refused with the path of each fault', () => {
    const faultsOf = (stages: CompileInput['stages']) => {
      const result = compileWorkflow(anInput({ stages }));
      return result.ok ? [] : result.faults.map((fault) => `${fault.path}: ${fault.message}`);
    };
    expect(faultsOf([{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { needs: ['y'] }), step('y', { needs: ['x'] })] }])).toEqual([
      'stages.0.steps: these need each other in a circle: x, y',
    ]);
    expect(faultsOf([{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { needs: ['z'] }), step('x')] }])).toEqual([
      'stages.0.steps.1.key: x is there twice',
      'stages.0.steps.0.needs: x needs z, which is not there',
    ]);
    expect(faultsOf([{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { image: 'a{{workflow.name}}' })] }])[0]).toMatch(
      /^stages\.0\.steps\.0\.image/,
    );
    expect(faultsOf([{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { env: { 'A;B': '1' } })] }])[0]).toMatch(
      /environment variable/,
    );
  });
});

describe('the source of a step', () => {
  test('runs the script as it was written, with braces, quotes and variables', () => {
    const script = `echo "{{workflow.name}} $WHAT"\necho 'it'"'"'s' "$FLOW_BRANCH"`;
    const workflow = compiled(
      anInput({
        stages: [{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { script, env: { WHAT: `a'b{{c}}\nd`, FLOW_BRANCH: 'mine' } })] }],
      }),
    );
    expect(run(stepOf(workflow, 'step-0-x'))).toBe(`{{workflow.name}} a'b{{c}}\nd\nit's main\n`);
  });

  test('hands a command its arguments untouched', () => {
    const command = ['printf', '%s|', 'a b', `'; rm -rf /`, '{{x}}', '$(id)'];
    const workflow = compiled(anInput({ stages: [{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { script: null, command })] }] }));
    expect(run(stepOf(workflow, 'step-0-x'))).toBe(`a b|'; rm -rf /|{{x}}|$(id)|`);
  });

  test('stops at the first command that fails', () => {
    const workflow = compiled(
      anInput({ stages: [{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { script: 'false\necho on' })] }] }),
    );
    expect(() => run(stepOf(workflow, 'step-0-x'))).toThrow(/Command failed/);
  });

  test('checks out the commit that it was given, also where it is not the newest', () => {
    const repository = mkdtempSync(join(tmpdir(), 'flow-repository-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' });
    git('init', '-q', '-b', 'main');
    execFileSync('sh', ['-c', 'echo one > file'], { cwd: repository });
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const commitSha = git('rev-parse', 'HEAD').trim();
    execFileSync('sh', ['-c', 'echo two > file'], { cwd: repository });
    git('commit', '-q', '-a', '-m', 'two');
    const checkout = { repositoryUrl: repository, commitSha };
    const workflow = compiled(
      anInput({
        checkout,
        stages: [{ kind: 'steps', key: 'a', needs: [], steps: [step('x', { script: 'cat file; echo "$FLOW_COMMIT"' })] }],
      }),
    );
    expect(run(stepOf(workflow, 'step-0-x'))).toBe(`one\n${commitSha}\n`);
    rmSync(repository, { recursive: true });
  });

  test('that has found something out leaves it where the engine reads it', () => {
    const script = 'echo \'{"kind":"coverage","percent":81}\' > "$FLOW_EVIDENCE_FILE"';
    const stages = [{ kind: 'steps' as const, key: 'test', needs: [], steps: [step('unit', { script, outputs: ['evidence'] })] }];
    const template = stepOf(compiled(anInput({ runId: `test-${process.pid}`, stages })), 'step-0-unit');
    run(template);
    const path = template.outputs?.parameters[0]?.valueFrom.path ?? '';
    expect(readFileSync(path, 'utf8')).toBe('{"kind":"coverage","percent":81}\n');
    rmSync(join(path, '../..'), { recursive: true });
  });

  test('of a publish stage leaves the digest where the engine reads it, and fails without one', () => {
    const workflow = compiled(anInput({ runId: `test-${process.pid}` }));
    const template = stepOf(workflow, 'step-1-publish');
    run(template);
    const path = template.outputs?.parameters.find((parameter) => parameter.name === 'digest')?.valueFrom.path ?? '';
    expect(readFileSync(path, 'utf8')).toBe('sha256:1\n');
    rmSync(join(path, '../..'), { recursive: true });
    const silent = compiled(
      anInput({ runId: `test-${process.pid}`, stages: [{ kind: 'publish', key: 'publish', needs: [], step: step('publish') }] }),
    );
    expect(() => run(stepOf(silent, 'step-0-publish'))).toThrow(/wrote no digest to \$FLOW_DIGEST_FILE/);
    rmSync(join(path, '../..'), { recursive: true, force: true });
  });
});
