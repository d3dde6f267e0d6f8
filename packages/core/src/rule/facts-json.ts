import type { RuleFacts } from './facts.ts';

/** Facts as text, to be kept beside a verdict. */
export function factsToJson(facts: RuleFacts): string {
  return JSON.stringify(facts);
}

/** Reads back what `factsToJson` wrote: for answers given again and for backtests. What wrote it is Flow itself, so that only the instants are made anew. */
export function factsFromJson(text: string): RuleFacts {
  // Written by factsToJson, in which an instant is a text: each is made anew below.
  const read = JSON.parse(text) as RuleFacts;
  const { artifact, previous } = read;
  return {
    ...read,
    others: read.others.map((other) => ({ ...other, since: new Date(other.since) })),
    incidents: read.incidents.map((incident) => ({ ...incident, since: new Date(incident.since) })),
    previous: previous === null ? null : { ...previous, endedAt: new Date(previous.endedAt) },
    artifact: {
      ...artifact,
      builtAt: new Date(artifact.builtAt),
      soakingSince: artifact.soakingSince === null ? null : new Date(artifact.soakingSince),
    },
  };
}
