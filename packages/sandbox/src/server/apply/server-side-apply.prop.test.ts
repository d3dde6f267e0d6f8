import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RESOURCES, type Resource } from '../../store/index.ts';
import type { JsonObject } from '../wire/json-object.ts';
import { fieldsOf, fromFieldsV1, toFieldsV1 } from './field-set.ts';
import { serverSideApply } from './server-side-apply.ts';

const found = RESOURCES.find((resource) => resource.kind === 'Deployment');
const deployment: Resource = found ?? (RESOURCES[0] as never);

const container = fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('x:1', 'x:2') });
const config = fc
  .record({
    containers: fc.uniqueArray(container, { selector: (one) => one.name, maxLength: 3 }),
    labels: fc.dictionary(fc.constantFrom('one', 'two', 'three'), fc.constantFrom('1', '2')),
    replicas: fc.option(fc.nat(3), { nil: undefined }),
  })
  .map(({ containers, labels, replicas }): JsonObject => ({
    metadata: { name: 'd', labels },
    spec: { ...(replicas === undefined ? {} : { replicas }), template: { spec: { containers } } },
  }));

const writer = (manager: string) => ({ manager, operation: 'Apply' as const, subresource: '', time: '2026-01-01T00:00:00Z' });
const apply = (live: JsonObject | undefined, manager: string, wanted: JsonObject): JsonObject =>
  serverSideApply(deployment, { live, config: wanted, writer: writer(manager), force: true });

test('the owned fields of any object are the same after they were written as fieldsV1 and read again', () => {
  fc.assert(
    fc.property(config, (one) => {
      const fields = fieldsOf(deployment, one);
      expect(fromFieldsV1(toFieldsV1(fields))).toEqual(fields);
    }),
  );
});

test('applying the same twice is applying it once', () => {
  fc.assert(
    fc.property(config, config, (first, second) => {
      const once = apply(apply(undefined, 'm', first), 'm', second);
      expect(apply(once, 'm', second)).toEqual(once);
    }),
  );
});

test('a sole manager has in the end the fields that it applied last, and no others', () => {
  fc.assert(
    fc.property(config, config, (first, second) => {
      const applied = apply(apply(undefined, 'm', first), 'm', second);
      expect(fieldsOf(deployment, applied)).toEqual(fieldsOf(deployment, { ...applied, ...second, metadata: applied['metadata'] }));
      for (const path of fieldsOf(deployment, second)) expect(fieldsOf(deployment, applied)).toContain(path);
    }),
  );
});

test('a manager that takes everything back leaves the other one what it had', () => {
  fc.assert(
    fc.property(config, config, (mine, theirs) => {
      const both = apply(apply(undefined, 'me', mine), 'they', theirs);
      const left = fieldsOf(deployment, apply(both, 'they', { metadata: { name: 'd' } }));
      const expected = [...fieldsOf(deployment, mine)].filter((path) => !fieldsOf(deployment, theirs).has(path));
      for (const path of expected) expect(left).toContain(path);
    }),
  );
});
