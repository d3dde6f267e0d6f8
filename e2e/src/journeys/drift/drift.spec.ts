import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { connectCluster, kinds, parseObject } from '@flow/delivery/cluster';
import type { ClusterClient, KubeObject } from '@flow/delivery/cluster';
import { connectionOf } from '../../surroundings/connection.ts';
import { logIn, productUrl } from '../people.ts';
import { test } from '../portal-test.ts';

// All of it is about the service Player of another tenant, of which no other journey deploys anything; what is changed here by hand is put back.

const where = 'Production us-east';

test('what somebody changes in the cluster is told, adopted, taken back, and put back as it was deployed', async ({ page }) => {
  await using client = connectCluster(connectionOf(await readFile(process.env['FLOW_KUBECONFIG'] ?? '', 'utf8')));
  const before = await rolloutOf(client);
  await logIn(page, 'gina@flow.demo');
  await page.goto(productUrl('/t/globex/services/player'));
  const panel = page.getByRole('region', { name: 'Drift', exact: true });
  await compareNow(page);
  await expect(panel).toContainText('As deployed');
  await expect(panel).toContainText(where);
  const drifted = page.getByRole('region', { name: `Drift in ${where}` });
  await expect(drifted).toBeHidden();

  await scale(client, before, 7);
  await compareNow(page);
  const row = drifted.getByRole('row', { name: /spec\.replicas/ });
  await expect(row).toContainText('7');
  await expect(row).toContainText('by-hand');
  await expect(page.getByRole('table', { name: 'Versions by environment and region' })).toContainText('Drifted: 1 field');
  await page.goto(productUrl('/t/globex/matrix?show=drifted'));
  await expect(page.getByRole('row', { name: /^Player/ })).toContainText('Drifted: 1 field');
  await page.getByRole('link', { name: /^Player/ }).click();

  await drifted.getByRole('button', { name: /^Adopt Rollout\/player spec\.replicas/ }).click();
  await page.getByRole('dialog').getByLabel('Why it may stay').fill('For the premiere');
  await page.getByRole('dialog').getByRole('button', { name: 'Adopt', exact: true }).click();
  await expect(row).toContainText('For the premiere');
  await expect(drifted.getByRole('button', { name: `Re-apply in ${where}` })).toBeHidden();
  await drifted.getByRole('button', { name: /^Take back the adoption of Rollout\/player spec\.replicas/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();

  await drifted.getByRole('button', { name: `Re-apply in ${where}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-apply', exact: true }).click();
  await expect(drifted).toBeHidden();
  await expect(panel).toContainText(where);
  await expect.poll(async () => (await rolloutOf(client))['spec'], { timeout: 60_000 }).toEqual(before['spec']);
});

/** Asks for a comparison and waits until it is made. */
async function compareNow(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Compare now' });
  const asked = page.waitForResponse((response) => response.url().includes('drift.compare') && response.ok());
  await button.click();
  await asked;
  await expect(button).toBeEnabled();
}

/** The Rollout of the service in production. */
async function rolloutOf(client: ClusterClient): Promise<KubeObject> {
  for await (const { items } of client.list({ kind: kinds.rollouts, labelSelector: 'flow.dev/tenant' })) {
    const found = items.map(parseObject).find(({ metadata }) => metadata.name === 'player' && metadata.namespace?.endsWith('production'));
    if (found !== undefined) return found;
  }
  throw new Error('there is no Rollout of the service in production');
}

/** What somebody does by hand, under the name of their tool. */
async function scale(client: ClusterClient, rollout: KubeObject, replicas: number): Promise<void> {
  const { name, namespace = '' } = rollout.metadata;
  const body = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name }, spec: { replicas } };
  const done = await client.patch({ kind: kinds.rollouts, namespace, name }, { type: 'apply', fieldManager: 'by-hand', force: true, body });
  expect(done.ok).toBe(true);
}
