import type { RouterOutputs } from '@flow/api/client-types';

export type ApprovalItem = RouterOutputs['approval']['inbox']['items'][number];
type ApprovalAction = ApprovalItem['abilities'][number]['action'];

/** Whether I may do this to the request now. */
export function may(item: ApprovalItem, action: ApprovalAction): boolean {
  return item.abilities.some((ability) => ability.action === action && ability.allowed);
}

/** Why I may not; empty when I may. */
export function whyNot(item: ApprovalItem, action: ApprovalAction): string {
  return item.abilities.find((ability) => ability.action === action)?.why ?? '';
}

/** A request in one line. */
export function titleOf(item: Pick<ApprovalItem, 'serviceName' | 'version' | 'environmentName'>): string {
  return `${item.serviceName} ${item.version} to ${item.environmentName}`;
}
