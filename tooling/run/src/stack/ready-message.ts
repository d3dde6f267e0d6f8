import { styleText } from 'node:util';
import type { Launched } from './launch.ts';

/** What a person needs to go on once everything runs. */
export function readyMessage({ publicUrl, demo, kubeconfigPath }: Launched, facts: { seconds: number; hasColour: boolean }): string {
  const strong = (text: string): string => (facts.hasColour ? styleText(['bold', 'green'], text, { validateStream: false }) : text);
  const lines = ['', strong(`Flow is ready: ${publicUrl}`) + `   (after ${facts.seconds.toFixed(1)} s; Ctrl-C ends it)`, ''];
  if (demo === null) return [...lines, 'The first person who opens it sets up the admin.', ''].join('\n');
  const width = Math.max(...demo.people.map((person) => person.email.length));
  const people = demo.people.map((person) => `  ${person.email.padEnd(width)}  ${person.about}`);
  const repositories = demo.repositories.map(({ name, path }) => `  git clone ${path} ${name}`);
  return [
    ...lines,
    `Log in with the password "${demo.password}" as`,
    ...people,
    '',
    'Push a commit to see it go through a pipeline:',
    ...repositories,
    '',
    kubeconfigPath === null
      ? 'SANDBOX: the two clusters of this demo are a stand-in on this machine, never a place for anything that matters.'
      : `The clusters of this demo are those of ${kubeconfigPath}.`,
    '',
  ].join('\n');
}
