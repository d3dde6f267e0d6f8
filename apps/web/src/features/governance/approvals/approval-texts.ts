import { z } from 'zod';
import { toAppliesTo, toAppliesToTexts } from '../policy/applies-to.tsx';
import type { AppliesToField } from '../policy/applies-to.tsx';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { splitList } from '../policy/scope.ts';

type OwnField =
  | `document.${'rejection' | 'lifetimeHours' | 'remindBeforeHours' | 'allowsStandIns' | 'fallback' | 'stages'}`
  | 'document.autoApproval.condition'
  | 'document.autoApproval.reason'
  | 'fallbackPeople';

/** `document.stages` holds no text: it is where the server objects to groups, which have fields of their own. */
export type ApprovalField = HeadField | AppliesToField | OwnField;

/** One group as the form has it. */
export interface GroupTexts {
  title: string;
  count: string;
  /** Roles, groups and code owners: `role:admin,group:g1,codeOwners`. */
  who: string;
  /** Ids of people, with commas between them. */
  people: string;
  hasVeto: boolean;
  /** Asked when the groups above have said yes; otherwise together with the one above. */
  isAfter: boolean;
}

export const emptyGroup: GroupTexts = { title: '', count: '1', who: '', people: '', hasVeto: false, isAfter: false };

const approver = z.object({
  kind: z.string(),
  userId: z.string().optional(),
  groupId: z.string().optional(),
  role: z.string().optional(),
});
const approvers = z.array(approver).catch([]);
const group = z.object({
  title: z.string().catch(''),
  who: approvers,
  count: z.number().catch(1),
  hasVeto: z.boolean().catch(false),
});
const kept = z.object({
  stages: z.array(z.object({ groups: z.array(group).catch([]) })).catch([]),
  rejection: z.string().catch('anyone'),
  lifetimeHours: z.number().catch(72),
  remindBeforeHours: z.number().catch(4),
  allowsStandIns: z.boolean().catch(true),
  fallback: approvers,
  autoApproval: z
    .object({ condition: z.string().catch(''), reason: z.string().catch('') })
    .nullable()
    .catch(null),
});
type Approvers = z.output<typeof approvers>;

/** What the form of a policy begins with. */
export function toApprovalTexts(policy: PolicyDetail | null): Record<ApprovalField, string> {
  const found = kept.parse(policy?.document ?? {});
  return {
    ...headTexts(policy),
    ...toAppliesToTexts(policy?.document['appliesTo']),
    'document.stages': '',
    'document.rejection': found.rejection,
    'document.lifetimeHours': String(found.lifetimeHours),
    'document.remindBeforeHours': String(found.remindBeforeHours),
    'document.allowsStandIns': found.allowsStandIns ? 'yes' : '',
    'document.fallback': keysOf(found.fallback),
    fallbackPeople: peopleOf(found.fallback),
    'document.autoApproval.condition': found.autoApproval?.condition ?? '',
    'document.autoApproval.reason': found.autoApproval?.reason ?? '',
  };
}

/** The groups of a policy, one after the other; a new one begins with an empty one. */
export function toGroups(policy: PolicyDetail | null): GroupTexts[] {
  if (policy === null) return [emptyGroup];
  return kept.parse(policy.document).stages.flatMap((stage, index) =>
    stage.groups.map(({ title, who, count, hasVeto }, place) => ({
      title,
      count: String(count),
      who: keysOf(who),
      people: peopleOf(who),
      hasVeto,
      isAfter: index > 0 && place === 0,
    })),
  );
}

function keysOf(who: Approvers): string {
  return who
    .flatMap(({ kind, groupId, role }) =>
      kind === 'group' ? `group:${groupId ?? ''}` : kind === 'role' ? `role:${role ?? ''}` : kind === 'codeOwners' ? kind : [],
    )
    .join(',');
}

function peopleOf(who: Approvers): string {
  return who.flatMap(({ kind, userId }) => (kind === 'user' && userId !== undefined ? userId : [])).join(',');
}

function toWho(keys: string, people: string): PolicyDocument[] {
  return [
    ...splitList(keys).map((key): PolicyDocument => {
      const [kind = '', value = ''] = key.split(':');
      if (kind === 'group') return { kind, groupId: value };
      return kind === 'role' ? { kind, role: value } : { kind };
    }),
    ...splitList(people).map((userId): PolicyDocument => ({ kind: 'user', userId })),
  ];
}

/** The document that the form says. */
export function toApprovalDocument(texts: Readonly<Record<ApprovalField, string>>, groups: readonly GroupTexts[]): PolicyDocument {
  const condition = texts['document.autoApproval.condition'].trim();
  return {
    ...headDocument(texts),
    appliesTo: toAppliesTo(texts),
    stages: toStages(groups),
    rejection: texts['document.rejection'],
    lifetimeHours: toNumber(texts['document.lifetimeHours']),
    remindBeforeHours: toNumber(texts['document.remindBeforeHours']),
    allowsStandIns: texts['document.allowsStandIns'] === 'yes',
    fallback: toWho(texts['document.fallback'], texts.fallbackPeople),
    autoApproval: condition === '' ? null : { condition, reason: texts['document.autoApproval.reason'].trim() },
  };
}

/** What cannot be read as a number is sent as it is: the server says what is wrong with it. */
function toNumber(text: string): number | string {
  const trimmed = text.trim();
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function toStages(groups: readonly GroupTexts[]): PolicyDocument[] {
  const stages: PolicyDocument[][] = [];
  for (const { title, count, who, people, hasVeto, isAfter } of groups) {
    if (isAfter || stages.length === 0) stages.push([]);
    stages.at(-1)?.push({ title: title.trim(), count: toNumber(count), who: toWho(who, people), hasVeto });
  }
  return stages.map((all) => ({ groups: all }));
}

/** Where the server's objections to a group point to, by the place of the group in the list. */
export function groupPath(groups: readonly GroupTexts[], index: number): string {
  let [stage, place] = [0, 0];
  for (let at = 1; at <= index; at += 1) [stage, place] = groups[at]?.isAfter === true ? [stage + 1, 0] : [stage, place + 1];
  return `document.stages.${stage}.groups.${place}`;
}

/** Who is asked, for a list: "1 of Code owners, then 2 of Security". */
export function whoIsAsked(document: Readonly<Record<string, unknown>>): string {
  return kept
    .parse(document)
    .stages.map(({ groups }) => groups.map(({ title, count }) => `${count} of ${title}`).join(' and '))
    .join(', then ');
}
