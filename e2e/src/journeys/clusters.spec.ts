import { readFile } from 'node:fs/promises';
import { parseKubeconfig, writeKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';

/** Access to a cluster that takes releases, as whoever administers it hands it over. */
async function handedOver(): Promise<ClusterConnection> {
  const read = parseKubeconfig(await readFile(process.env['FLOW_KUBECONFIG'] ?? '', 'utf8'), process.env['FLOW_KUBECONFIG_CONTEXT']);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.connection;
}

const state = (page: Page, what: string | RegExp) => page.getByRole('row').filter({ hasText: what });

test('a platform admin connects a cluster: what would run a command is refused, the rest is tested, re-tested and taken away again', async ({
  page,
}) => {
  const connection = await handedOver();
  if (connection.credential.kind !== 'token') throw new Error('the cluster of the journeys is reached with a token');
  await logIn(page, 'paula@flow.demo');
  await page.goto(productUrl('/t/acme/admin/clusters'));
  await page.getByRole('link', { name: 'Connect a cluster' }).click();
  await page.getByLabel('Name').fill('spare');
  await page.getByLabel('Region').fill('ap-south');
  await page.getByLabel(/^Pipelines:/).uncheck();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download flow-access.yaml' }).click();
  const manifest = await readFile(await (await download).path(), 'utf8');
  expect(manifest).toContain('kind: ClusterRole');
  expect(manifest).not.toContain('workflows');

  await page.getByLabel('How Flow gets in').selectOption('kubeconfig');
  const harmful = writeKubeconfig(connection).replace(`"token":"${connection.credential.token}"`, '"exec":{"command":"id"}');
  await page.getByLabel('Kubeconfig', { exact: true }).fill(harmful);
  await page.getByRole('button', { name: 'Connect and test' }).click();
  await expect(page.getByText('a command that gives the credential is refused')).toBeVisible();
  await expect(page.getByLabel('Kubeconfig', { exact: true })).toHaveValue(harmful);

  await page.getByLabel('How Flow gets in').selectOption('token');
  await page.getByLabel('Address').fill(connection.server);
  await page.getByLabel('Certificate of its authority').fill(connection.caPem ?? '');
  await page.getByLabel('Token').fill(connection.credential.token);
  await page.getByRole('button', { name: 'Connect and test' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'spare' })).toBeVisible();
  await expect(page.getByRole('main').locator('header').getByText('Healthy', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(state(page, 'Rights')).toContainText('In place');
  await expect(state(page, 'Kubernetes')).toContainText('In place');
  await expect(state(page, 'Argo Workflows')).toHaveCount(0);

  await page.getByRole('button', { name: 'Test again' }).click();
  await expect(page.getByRole('button', { name: 'Test again' })).toBeEnabled({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByLabel('Type spare to go on').fill('spare');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'spare' })).toHaveCount(0);
});

test('a credential that a cluster does not take is told, and replaced by one that it takes', async ({ page }) => {
  const connection = await handedOver();
  await logIn(page, 'paula@flow.demo');
  await page.goto(productUrl('/t/acme/admin/clusters/new'));
  await page.getByLabel('Name').fill('locked');
  await page.getByLabel('Region').fill('ap-south');
  await page.getByLabel(/^Pipelines:/).uncheck();
  await page.getByLabel('Address').fill(connection.server);
  await page.getByLabel('Certificate of its authority').fill(connection.caPem ?? '');
  await page.getByLabel('Token').fill('not-the-token-of-anyone');
  await page.getByRole('button', { name: 'Connect and test' }).click();
  const head = page.getByRole('main').locator('header').first();
  await expect(head.getByText('Unreachable', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(head).toContainText('no longer takes Flow');

  await page.getByRole('button', { name: 'Replace credential' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('How Flow gets in').selectOption('kubeconfig');
  await dialog.getByLabel('Kubeconfig', { exact: true }).fill(writeKubeconfig(connection));
  await dialog.getByRole('button', { name: 'Replace and test' }).click();
  await expect(head.getByText('Healthy', { exact: true })).toBeVisible({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByLabel('Type locked to go on').fill('locked');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('link', { name: 'locked' })).toHaveCount(0);
});

test('a cluster that an environment is on is not removed, and the reason names it', async ({ page }) => {
  await logIn(page, 'paula@flow.demo');
  await page.goto(productUrl('/t/acme/admin/clusters'));
  await page.getByRole('region', { name: 'All clusters' }).getByRole('link', { name: 'eu-west' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByLabel('Type eu-west to go on').fill('eu-west');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/environments have a target here, such as/);
});
