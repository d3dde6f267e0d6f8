'use client';

import type { Right } from '@flow/core/rights';
import {
  Activity,
  Bell,
  Boxes,
  ChartColumn,
  ClipboardCheck,
  GitBranch,
  Grid3x3,
  Hourglass,
  Home,
  KeyRound,
  Layers,
  LifeBuoy,
  Package,
  Rocket,
  Scale,
  Server,
  ShieldCheck,
  Users,
  UsersRound,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useRightsIn } from '../query/use-rights.ts';

export interface Place {
  label: string;
  /** Below `/t/<tenant>`. */
  path: string;
  icon: LucideIcon;
  /** Key after `g`. */
  key: string;
  isAdmin?: boolean;
  /** Without this right there is nothing to see there. */
  right?: Right;
  /** Only for those who run the installation. */
  isPlatform?: boolean;
}

/** Every page that the menu, the palette and the keys lead to. */
export const places: readonly Place[] = [
  { label: 'Home', path: '', icon: Home, key: 'h' },
  { label: 'Services', path: '/services', icon: Boxes, key: 's' },
  { label: 'Runs', path: '/runs', icon: GitBranch, key: 'r' },
  { label: 'Artifacts', path: '/artifacts', icon: Package, key: 'p' },
  { label: 'Deployments', path: '/deployments', icon: Rocket, key: 'd' },
  { label: 'Queue', path: '/queue', icon: Hourglass, key: 'q' },
  { label: 'Approvals', path: '/approvals', icon: ClipboardCheck, key: 'a' },
  { label: 'Matrix', path: '/matrix', icon: Grid3x3, key: 'x' },
  { label: 'Environments', path: '/environments', icon: Layers, key: 'e' },
  { label: 'Insights', path: '/insights', icon: ChartColumn, key: 'i', right: 'deployment:read' },
  { label: 'Governance', path: '/governance', icon: Scale, key: 'v', right: 'policy:read' },
  { label: 'Audit log', path: '/audit', icon: Activity, key: 'l', isAdmin: true, right: 'audit:read' },
  { label: 'Members', path: '/admin/members', icon: Users, key: 'm', isAdmin: true },
  { label: 'Groups', path: '/admin/groups', icon: UsersRound, key: 'u', isAdmin: true },
  { label: 'Roles', path: '/admin/roles', icon: ShieldCheck, key: 'o', isAdmin: true },
  { label: 'Access', path: '/admin/access', icon: KeyRound, key: 't', isAdmin: true, right: 'token:create' },
  { label: 'Notifications', path: '/admin/notifications', icon: Bell, key: 'n', isAdmin: true, right: 'webhook:manage' },
  { label: 'Clusters', path: '/admin/clusters', icon: Server, key: 'c', isAdmin: true },
  { label: 'Jobs', path: '/admin/jobs', icon: LifeBuoy, key: 'j', isAdmin: true, isPlatform: true },
];

/** The pages of a tenant that I can see something on. */
export function useMyPlaces(slug: string): readonly Place[] {
  const { can, isPlatformAdmin } = useRightsIn(slug);
  return places.filter(({ right, isPlatform }) => (isPlatform !== true || isPlatformAdmin) && (right === undefined || can(right)));
}
