import type { Role } from '@flow/core/rights';

/** Password of every person of the demo, which listens on loopback only. */
export const demoPassword = 'canary-in-the-mine';

export interface DemoPerson {
  email: string;
  name: string;
  /** Slug of the tenant; null for the platform admin. */
  tenant: string | null;
  role: Role | null;
}

/** Who can log in to the demo. */
export const people: readonly DemoPerson[] = [
  { email: 'paula@flow.demo', name: 'Paula Platform', tenant: null, role: null },
  { email: 'adam@flow.demo', name: 'Adam Admin', tenant: 'acme', role: 'admin' },
  { email: 'rita@flow.demo', name: 'Rita Release', tenant: 'acme', role: 'releaseManager' },
  { email: 'dora@flow.demo', name: 'Dora Developer', tenant: 'acme', role: 'developer' },
  { email: 'vera@flow.demo', name: 'Vera Viewer', tenant: 'acme', role: 'viewer' },
  { email: 'gina@flow.demo', name: 'Gina Globex', tenant: 'globex', role: 'admin' },
];
