import { answer } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { z } from 'zod';
import type { Sealer } from '../secret/index.ts';

/** What a link in a message stands for: one person's answer to one request with one content, until a time. */
export const approvalLink = z.strictObject({
  linkId: z.string().min(1).max(64),
  approvalId: z.string().min(1).max(64),
  userId: z.string().min(1).max(64),
  answer,
  hash: z.string().min(1).max(200),
  /** Milliseconds since 1970. */
  expiresAt: z.number().int(),
});
export type ApprovalLink = z.infer<typeof approvalLink>;

/** A link's text opens in its tenant only, and nothing in it can be changed: it is sealed like a secret. */
const placeIn = (tenantId: string) => ({ table: 'approval_link_use', column: 'link', rowId: tenantId });

/** The text of a link. */
export function writeLink(sealer: Sealer, tenantId: string, link: ApprovalLink): string {
  return sealer.seal(JSON.stringify(link), placeIn(tenantId));
}

/** Reads the text of a link, or refuses it with one sentence for whatever is wrong. */
export function readLink(sealer: Sealer, tenantId: string, text: string): ApprovalLink {
  try {
    return approvalLink.parse(JSON.parse(sealer.open(text, placeIn(tenantId))));
  } catch (cause) {
    throw new FlowError({ code: 'invalid', message: 'This link cannot be read: open the request itself', cause });
  }
}
