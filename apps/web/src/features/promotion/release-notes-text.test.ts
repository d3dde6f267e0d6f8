import { expect, test } from 'vitest';
import { releaseNotesText } from './release-notes-text.ts';

const commit = (sha: string, message: string) => ({ sha: sha.repeat(40), message, author: 'dora@flow.demo' });

test('release notes name each commit, newest first, and what is taken away', () => {
  const notes = {
    version: '1.3.0',
    baseVersion: '1.2.0',
    ahead: [commit('b', 'Pay faster'), commit('a', '')],
    behind: [commit('c', 'A hotfix')],
  };
  expect(releaseNotesText('Cart', notes)).toBe(`## Cart 1.3.0 (after 1.2.0)

- Pay faster (bbbbbbbb, dora@flow.demo)
- No message (aaaaaaaa, dora@flow.demo)

Without, though 1.2.0 has it:

- A hotfix (cccccccc, dora@flow.demo)
`);
});

test('nothing new says so', () => {
  expect(releaseNotesText('Cart', { version: '1', baseVersion: '1', ahead: [], behind: [] })).toContain('Nothing new.');
});
