import { z } from 'zod';

/** What people and channels are told of. */
export const messageKind = z.enum([
  'approvalNeeded',
  'approvalExpiring',
  'approvalDecided',
  'deploymentHeld',
  'deploymentPaused',
  'deploymentFailed',
  'deploymentRolledBack',
  'regionSkipped',
  'exemptionAsked',
  'exemptionAnswered',
  'breakGlassTaken',
  'reviewOverdue',
  'driftFound',
]);
export type MessageKind = z.infer<typeof messageKind>;

/** What one person wants to be told in one tenant, and by what. */
export const notificationSettings = z.strictObject({
  email: z.array(messageKind).max(messageKind.options.length),
  /** Through the channels of the tenant, which name the person. */
  chat: z.array(messageKind).max(messageKind.options.length),
  /** How the chat knows the person, such as `@rita`; empty for not at all. */
  chatName: z
    .string()
    .trim()
    .max(80)
    .regex(/^[^\p{Cc}<>]*$/u, 'letters, digits and signs'),
});
export type NotificationSettings = z.infer<typeof notificationSettings>;

/** What holds for someone who has said nothing: all that needs them or is theirs, by e-mail. */
export const usualSettings: NotificationSettings = { email: [...messageKind.options], chat: [], chatName: '' };
