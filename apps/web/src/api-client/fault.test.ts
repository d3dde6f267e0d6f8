import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { faultOf } from './fault.ts';

const answered = (data: object) =>
  new TRPCClientError('Some fields need another look', {
    result: { error: { message: 'Some fields need another look', code: -32600, data } },
  });

test('a refusal of Flow says its message, its id and what is wrong at which field', () => {
  const fault = faultOf(
    answered({ code: 'BAD_REQUEST', httpStatus: 400, requestId: 'r-1', fields: [{ path: 'name', message: 'It is taken' }] }),
  );
  expect(fault).toEqual({ message: 'Some fields need another look', requestId: 'r-1', fields: new Map([['name', 'It is taken']]) });
});

test.each([new TypeError('Failed to fetch'), new SyntaxError('Unexpected token <')])(
  'a connection that is lost, or a proxy that answers instead, is said in words that help: %s',
  (cause) => {
    expect(faultOf(TRPCClientError.from(cause))).toMatchObject({
      message: expect.stringContaining('What you typed is still here'),
      requestId: undefined,
    });
  },
);
