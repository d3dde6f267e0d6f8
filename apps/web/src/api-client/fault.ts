import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';

export interface ShownFault {
  message: string;
  requestId: string | undefined;
  /** Message for each field, by its path. */
  fields: ReadonlyMap<string, string>;
}

const faultData = z.object({
  requestId: z.string().nullish(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** What a page shows of a failed call. */
export function faultOf(error: unknown): ShownFault {
  if (!(error instanceof TRPCClientError))
    return {
      message: 'Flow cannot be reached at the moment. What you typed is still here: try again',
      requestId: undefined,
      fields: new Map(),
    };
  const data = faultData.safeParse(error.data).data;
  return {
    message: error.message,
    requestId: data?.requestId ?? undefined,
    fields: new Map(data?.fields.map((field) => [field.path, field.message])),
  };
}
