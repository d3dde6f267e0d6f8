import { expect, test } from 'vitest';
import { circleThrough } from './circle.ts';

const waits = (text: string) =>
  text.split(' ').map((edge) => {
    const [deploymentId = '', to = ''] = edge.split('>');
    return { deploymentId, waitsFor: to.split(',') };
  });

test.each([
  ['a>b b>a', ['a', 'b']],
  ['a>b b>c c>a', ['a', 'b', 'c']],
  ['a>x,b b>x,a', ['a', 'b']],
  ['a>a', ['a']],
  ['a>b b>c c>d', null],
  // Others wait in a circle, and this one for them: it is not in it.
  ['a>b b>c c>b', null],
  ['a>b,c b>d d>a c>a', ['a', 'c']],
  ['b>c c>b', null],
])('%s: the circle through a is %j', (text, circle) => {
  expect(circleThrough('a', waits(text))).toEqual(circle);
});
