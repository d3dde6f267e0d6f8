// Tells Flow of each branch that was pushed, as GitHub does: the body is signed with the secret of the webhook.
import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { url, secret } = JSON.parse(readFileSync('flow-webhook.json', 'utf8'));
const updates = readFileSync(0, 'utf8').trim().split('\n');

for (const update of updates) {
  const [before, after, ref] = update.split(' ');
  const [message, email] = /^0+$/.test(after)
    ? ['', '']
    : execFileSync('git', ['show', '--no-patch', '--format=%s%x00%ae', after], { encoding: 'utf8' }).trim().split('\0');
  const body = JSON.stringify({ ref, before, after, head_commit: { id: after, message, author: { email } } });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': signature,
  };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    const said = await answer.json();
    console.log(
      answer.ok ? `Flow: run ${said.number ?? ''} ${said.outcome}` : `Flow refused the push event: ${said.error?.message ?? said.outcome}`,
    );
  } catch {
    console.log('Flow could not be reached: start it, then push again');
  }
}
