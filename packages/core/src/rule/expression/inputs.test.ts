import { expect, test } from 'vitest';
import { builtInRules, settingsOf } from '../built-in.ts';
import { compileExpression } from './compile.ts';

const inputsOf = (source: string): readonly string[] => {
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return compiled.expression.inputs;
};

test.each([
  ['artifact.soakMinutes < 60 && time.hour > 7', ['artifact.soakMinutes', 'time.hour']],
  ['others.exists(o, o.state == "inFlight" && o.relation == "same")', ['others[].relation', 'others[].state']],
  ['others.filter(o, o.weight > 10).exists(p, p.sharesRegion)', ['others[].sharesRegion', 'others[].weight']],
  ['targets.map(t, t.region).exists(r, r == "eu")', ['targets[].region']],
  ['others.size() > 3', ['others']],
  ['artifact.newerBelow.size() > 0', ['artifact.newerBelow']],
  ['has(service.labels.team) && service.labels["team"] == "x"', ['service.labels.team']],
  ['cel.bind(a, artifact, a.ageMinutes > 3)', ['artifact.ageMinutes']],
  ['targets[0].region == "eu"', ['targets[].region']],
  ['time.weekday in [6, 7] ? approvals.count < 2 : false', ['approvals.count', 'time.weekday']],
  ['others.all(artifact, artifact.weight == 0)', ['others[].weight']],
])('%s looks at what it names', (source, inputs) => {
  expect(inputsOf(source)).toEqual(inputs);
});

test('the rules that come with Flow look at something, and at nothing as a whole', () => {
  for (const rule of builtInRules) {
    const inputs = inputsOf(rule.condition(settingsOf(rule, {})));
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) expect(input).toContain('.');
  }
});
