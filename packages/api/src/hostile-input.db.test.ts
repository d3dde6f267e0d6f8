import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addPerson, createTestTenant } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callProcedure, listProcedures, testServices, walkInputs } from './testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
let chiefToken: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  [tenant, other] = [await createTestTenant(db), await createTestTenant(db)];
  chiefToken = (await addPerson(db, { isPlatformAdmin: true })).token;
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** Texts that break things: other alphabets, NUL, lone surrogates, operators, paths, scripts, very long ones. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "'; DROP TABLE tenant; --",
    '<script>1</script>',
    'a'.repeat(5_000),
    '％',
    '\u202e',
    'NaN',
    '__proto__',
  ),
);
const hostile = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(-1, 1e308, 2 ** 53 + 2, null, true, [], {}),
  fc.array(hostileText, { maxLength: 3 }),
);

/** One field of a valid input made hostile, or an input that is nothing like it. */
const inputsFrom = (valid: Record<string, unknown>) => {
  const keys = Object.keys(valid).filter((key) => key !== 'tenant');
  const oneField = fc
    .tuple(fc.constantFrom(...(keys.length === 0 ? ['extra'] : keys)), hostile)
    .map(([key, value]) => ({ ...valid, [key]: value }));
  return fc.oneof({ weight: 4, arbitrary: oneField }, { weight: 1, arbitrary: fc.jsonValue() });
};

const rowsOfOther = () => db.prisma.service.findMany({ where: { tenantId: other.id }, include: { deployments: true, artifacts: true } });

// Ending sessions or shutting people out would only end the test itself.
const left = new Set(['session.logOut', 'session.logOutEverywhere', 'person.disable']);

test.each(listProcedures().filter((one) => !left.has(one.path)))(
  '$path answers any input with a refusal or a result, never with an error of its own',
  async (procedure) => {
    const services = testServices(db);
    const token = procedure.policy === 'platformAdmin' ? chiefToken : tenant.people.admin.token;
    const valid = walkInputs[procedure.path]?.(tenant, { email: 'nobody@flow.test', userId: 'nobody', linkOf: () => 'no-link' }) ?? {};
    const before = await rowsOfOther();
    await fc.assert(
      fc.asyncProperty(inputsFrom(valid), async (input) => {
        const answer = await callProcedure(services, { procedure, input, token });
        if (answer.status >= 500) throw new Error(answer.body);
        expect(answer.body).not.toMatch(/prisma|node_modules|SELECT |at async/i);
      }),
      { numRuns: 60 },
    );
    expect(await rowsOfOther()).toEqual(before);
  },
);
