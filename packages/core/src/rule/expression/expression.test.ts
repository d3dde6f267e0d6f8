import { describe, expect, test } from 'vitest';
import { anotherDeployment, someFacts } from '../testing.ts';
import { compileCondition, compileMessage, globMatches, nextChangeAfter, prepareFacts, renderMessage } from './index.ts';
import { objectTypes, variables } from './declaration.ts';

const now = new Date('2026-03-02T10:00:00Z');

function holds(source: string, facts = someFacts()): unknown {
  const compiled = compileCondition(source);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return compiled.expression.evaluate(prepareFacts(facts).valuesAt(now));
}

function problemOf(source: string) {
  const compiled = compileCondition(source);
  return compiled.ok ? null : compiled.problem;
}

describe('expressions', () => {
  test('every declared field of the context can be read', () => {
    const facts = someFacts({
      others: [anotherDeployment()],
      incidents: [{ id: 'i', title: 'x', severity: 'high', serviceName: 'Cart', relation: 'dependency', since: now }],
    });
    const sources = Object.entries(variables).flatMap(([name, { type }]) => {
      const inner = /^list<(.+)>$/.exec(type)?.[1] ?? type;
      const fields = Object.keys(objectTypes[inner] ?? {});
      return fields.map((field) =>
        type.startsWith('list<') ? `${name}.all(x, x.${field} == x.${field})` : `${name}.${field} == ${name}.${field}`,
      );
    });
    expect(sources.length).toBeGreaterThan(60);
    expect(sources.filter((source) => holds(source, facts) !== true)).toEqual([]);
  });

  test.each([
    ['service.tier == "1" && environment.kind == "production"', true],
    ['others.exists(o, o.state == "inFlight" && o.sharesRegion && o.weight > 10)', true],
    ['has(service.labels.team) && service.labels.team == "payments"', true],
    ['has(service.labels.nobody)', false],
    ['time.weekday == 1 && time.hour == 11 && time.workingHours', true],
    ['time.now > timestamp("2026-01-01T00:00:00Z")', true],
    ['artifact.soakMinutes >= 2880', true],
    ['artifact.version.glob("1.*")', true],
    ['"cart" in service.dependencies', true],
    ['errorBudget.remainingPercent < 50.0', false],
  ])('%s is %s', (source, expected) => {
    expect(holds(source, someFacts({ others: [anotherDeployment()] }))).toBe(expected);
  });

  test.each([
    ['service.teir == "1"', { line: 1, column: 9, message: 'No such key: teir' }],
    ['service.tier == "1" &&\n  service.tier + 1 == 2', { line: 2, column: 3, message: 'no such overload: string + int' }],
    ['others.exists(o, o.state ==', { line: 1, message: 'Unexpected token: EOF' }],
    ['unknown == 1', { line: 1, column: 1, message: 'Unknown variable: unknown' }],
    ['service.name', { line: 1, column: 1, length: 12, message: 'a condition is true or false, but this is string' }],
    ['  ', { line: 1, column: 1, message: 'write an expression' }],
  ])('a wrong expression is refused with its place: %s', (source, expected) => {
    expect(problemOf(source)).toMatchObject(expected);
  });

  test.each([
    ['others.all(a, others.all(b, a.weight == b.weight))', 'times the work'],
    [
      'cel.bind(a, others + others, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, cel.bind(e, d + d, cel.bind(f, e + e, cel.bind(g, f + f, g.size() > 1)))))))',
      'too big',
    ],
    [`[${'['.repeat(8)}service.name${'].map(x, x + x + x + x + x)'.repeat(8)}].size() > 0`, ''],
    ['service.name.matches("(a+)+$")', 'matches()'],
    ['dyn(service).anything == 1', 'dyn()'],
    ['type(service) == string', 'type()'],
    ['service.name.split("").size() > 1', 'split()'],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, ''],
    [Array.from({ length: 300 }, () => 'true').join(' && '), ''],
    ['true || '.repeat(600) + 'true', 'at most 4000 characters'],
    ['others.exists(o, o.since.getHours("Europe/Berlin") > 1)', ''],
  ])('a hostile expression is refused before it ever runs (%#)', (source, message) => {
    expect(problemOf(source)?.message).toContain(message);
  });

  test('what its author may not see is not there: no prototype, no constructor, no function of the engine', () => {
    const sources = [
      'service.constructor == "x"',
      'service.__proto__ == "x"',
      'request.toString() == "x"',
      'process.env == "x"',
      'globalThis == "x"',
    ];
    expect(sources.filter((source) => problemOf(source) === null)).toEqual([]);
  });

  test('the costliest expression that is accepted ends within five milliseconds', () => {
    const others = Array.from({ length: 200 }, (_, index) => anotherDeployment({ id: `d${index}`, weight: index % 7 }));
    const values = prepareFacts(someFacts({ others })).valuesAt(now);
    const inner = Array.from({ length: 14 }, (_, index) => `o.serviceName.contains("zz${index}")`).join(' || ');
    const source = `others.exists(o, ${inner})`;
    const compiled = compileCondition(source);
    if (!compiled.ok) throw new Error(compiled.problem.message);
    expect(compiled.expression.cost).toBeGreaterThan(20_000);
    const times = Array.from({ length: 15 }, () => {
      const begun = performance.now();
      compiled.expression.evaluate(values);
      return performance.now() - begun;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });
});

describe('messages', () => {
  test('places are filled from the facts', () => {
    const compiled = compileMessage('{{ service.name }} runs in {{ targets.map(t, t.region) }} with {{ targets.size() }} target');
    if (!compiled.ok) throw new Error(compiled.problem.message);
    expect(renderMessage(compiled.message, prepareFacts(someFacts()).valuesAt(now))).toBe('Checkout runs in eu with 1 target');
  });

  test('a wrong place is named by line and column of the template', () => {
    expect(compileMessage('Held\nby {{ service.nam }}')).toMatchObject({
      ok: false,
      problem: { line: 2, column: 15, message: 'No such key: nam' },
    });
    expect(compileMessage('x {{ service.name')).toMatchObject({ ok: false, problem: { line: 1, column: 3, message: 'this {{ has no }}' } });
    expect(compileMessage('{{ service }}')).toMatchObject({ ok: false });
  });
});

describe('glob', () => {
  test.each([
    ['release-7', 'release-*', true],
    ['release-7', '*-?', true],
    ['release-7', 'rel', false],
    ['', '*', true],
    ['aXbXc', 'a*b*c', true],
    ['abc', 'a?', false],
  ])('%s against %s is %s', (value, pattern, expected) => {
    expect(globMatches(value, pattern)).toBe(expected);
  });

  test('a pattern that would make a regular expression run for minutes ends at once', () => {
    expect(globMatches('a'.repeat(20_000), `${'*a'.repeat(50)}*b`)).toBe(false);
  });
});

describe('time', () => {
  const changeOf = (source: string) => {
    const compiled = compileCondition(source);
    return compiled.ok ? nextChangeAfter(compiled.expression.time, someFacts(), now) : null;
  };

  test('what does not read time never changes by it', () => {
    expect(changeOf('service.tier == "1"')).toBeNull();
  });

  test('an age changes its answer when it reaches the number that it is compared with', () => {
    expect(changeOf('artifact.soakMinutes < 3000')).toEqual(new Date('2026-03-02T12:00:00Z'));
  });

  test('the calendar changes at quarters of an hour, anything else at full minutes', () => {
    expect(changeOf('time.hour < 9')).toEqual(new Date('2026-03-02T10:15:00Z'));
    expect(changeOf('time.minuteOfDay < 541')).toEqual(new Date('2026-03-02T10:01:00Z'));
    expect(changeOf('artifact.ageMinutes * 2 > 10')).toEqual(new Date('2026-03-02T10:01:00Z'));
  });
});
