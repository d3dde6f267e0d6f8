import { expect, test } from 'vitest';
import { changesOf } from './changed-objects.ts';

const service = '---\n# Source: chart/service.yaml\nkind: Service\nmetadata:\n  name: checkout\n';
const rollout = (image: string): string =>
  `---\nkind: Rollout\nmetadata:\n  labels:\n    a: b\n  name: "checkout"\nspec:\n  image: ${image}\n`;

test('only what changes is told, by the kind and name of the object, and once for regions in which it is the same', () => {
  const target = { previous: service + rollout('one'), manifest: service + rollout('two') };
  expect(
    changesOf([
      { ...target, region: 'eu-west' },
      { ...target, region: 'us-east' },
    ]),
  ).toEqual([
    {
      regions: ['eu-west', 'us-east'],
      sameCount: 1,
      changed: [{ name: 'Rollout checkout', before: expect.stringContaining('image: one'), after: expect.stringContaining('image: two') }],
    },
  ]);
});

test('an object that comes has nothing before, one that goes has nothing after, and regions that differ stand apart', () => {
  const changes = changesOf([
    { region: 'eu-west', previous: '', manifest: service },
    { region: 'us-east', previous: service, manifest: '' },
  ]);
  expect(changes.map((one) => [one.regions, one.changed.map(({ name, before, after }) => [name, before === '', after === ''])])).toEqual([
    [['eu-west'], [['Service checkout', true, false]]],
    [['us-east'], [['Service checkout', false, true]]],
  ]);
});

test('where nothing changes every object is counted', () => {
  expect(changesOf([{ region: 'eu-west', previous: service, manifest: service }])).toEqual([
    { regions: ['eu-west'], changed: [], sameCount: 1 },
  ]);
});
