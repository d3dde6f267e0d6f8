const ownTitles: Readonly<Record<string, string>> = {
  'production-approval': 'Approvals of the environment',
  'one-at-a-time': 'One deployment of a service in one place at a time',
  'its-turn': 'Its turn in the queue',
  'asker-may-deploy': 'Whoever asked for it may still deploy here',
  pinned: 'A person keeps the place at another version',
  soaks: 'What soaks is not replaced by automation',
  'not-before': 'The time at which it was asked to start',
  'service-archived': 'What is archived is not deployed',
  'environment-archived': 'Nothing goes to an archived environment',
};

/** What a rule of Flow's own is called. */
export function ownTitle(name: string): string {
  return ownTitles[name] ?? name;
}
