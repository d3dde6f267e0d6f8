/** What the filters of the page ask of the record. Times are the beginnings of days, as texts in UTC. */
export interface AskedEntries {
  search?: string;
  action?: string;
  actor?: string;
  subject?: string;
  from?: string;
  to?: string;
}

/** Reads the filters of the URL. A day is that of whoever looks: the last one is shown whole. */
export function askedOf(get: (name: string) => string): AskedEntries {
  const asked = {
    search: get('q'),
    action: get('action'),
    actor: get('actor'),
    subject: get('subject'),
    from: startOfDay(get('from'), 0),
    to: startOfDay(get('to'), 1),
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
}

function startOfDay(day: string, daysLater: number): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return '';
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const start = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(start.getTime()) ? '' : start.toISOString();
}

/** Address of the export of what is asked for. */
export function exportAddress(tenant: string, asked: AskedEntries): string {
  return `/api/audit/export?${new URLSearchParams({ tenant, ...asked }).toString()}`;
}
