import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { openCanaryMeasurements } from '../surroundings/canary-measurements.ts';
import type { CanaryMeasurements } from '../surroundings/canary-measurements.ts';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';

// All of it happens in an environment of its own over both regions, which is archived at the end.

const tenant = 'acme';
const cluster = z.object({ id: z.string(), region: z.string() });
const artifact = z.object({ id: z.string(), version: z.string() });

test('a deployment waits between two waves until a person continues, and one region that fails goes back while the others go on', async ({
  page,
}) => {
  await using measured = await openCanaryMeasurements();
  await logIn(page, 'adam@flow.demo');
  const environmentId = await makeEnvironment(page, measured);
  const { id: serviceId } = z.object({ id: z.string() }).parse(await read(page, 'service.get', { tenant, service: 'search' }));
  const { items } = z.object({ items: z.array(artifact) }).parse(await read(page, 'artifact.list', { tenant, serviceId }));
  const idOf = (version: string): string => items.find((one) => one.version === version)?.id ?? '';

  await deploy(page, { serviceId, environmentId, artifactId: idOf('5.0.0') });
  const why = page.getByRole('status').filter({ hasText: 'Wave 1 was observed: wave 2 begins when a person continues' });
  await expect(why).toBeVisible({ timeout: 180_000 });
  await expect(region(page, 'eu-west')).toContainText('Not started');
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog')).toContainText('eu-west is next.');
  await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
  await expect(page.getByText('Let the deployment of Search 5.0.0 to Trial go on after wave 1')).toBeVisible();
  await page.goto(productUrl(`/t/${tenant}/services/search`));
  await expect(page.getByRole('row', { name: /^Trial/ })).toContainText('No way back', { timeout: 60_000 });

  await chooseToGoOn(page);
  measured.failing.add('us-east');
  await deploy(page, { serviceId, environmentId, artifactId: idOf('5.1.0') });
  await expect(page.getByText('If a region fails, it goes back and the others go on.')).toBeVisible();
  await expect(region(page, 'us-east')).toContainText('Rolled back', { timeout: 180_000 });
  await expect(region(page, 'us-east')).toContainText(/the error rate was 50 %, the limit is 5 %/);
  await expect(region(page, 'eu-west')).toContainText('Healthy', { timeout: 180_000 });
  await expect(page.getByText(/It went on without us-east and is healthy in 1 region/).first()).toBeVisible({ timeout: 180_000 });
  await expect(page.getByText('us-east failed and goes back; the others go on (1 of 1 that may fail)').first()).toBeVisible();

  await expect(region(page, 'Way back')).toContainText('eu-west', { timeout: 60_000 });
  await expect(region(page, 'Way back')).toContainText('5.0.0 was healthy here before, its chart renders, and no quota limits it');
  await page.getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByRole('dialog')).toContainText('5.0.0 comes back in eu-west. Nothing is done in us-east: it went back already.');
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Search 5.0.0 to Trial' })).toBeVisible();
  measured.failing.clear();
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 180_000 });

  await change(page, 'environment.archive', { tenant, environmentId });
});

function region(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** Two regions, one after the other, whose canaries are measured where this journey says. */
async function makeEnvironment(page: Page, measured: CanaryMeasurements): Promise<string> {
  const clusters = z.array(cluster).parse(await read(page, 'environment.clusters', { tenant }));
  const targets = clusters.map(({ id: clusterId, region: name }) => ({
    clusterId,
    namespace: 'acme-trial',
    values: { analysis: { address: measured.addressOf(name) } },
  }));
  const made = await change(page, 'environment.create', {
    tenant,
    slug: 'trial',
    name: 'Trial',
    kind: 'staging',
    position: 9,
    bakeTimeSeconds: 1,
    waves: [['us-east'], ['eu-west']],
    strategy: {
      steps: [
        { kind: 'weight', percent: 50 },
        { kind: 'pause', durationSeconds: 25 },
      ],
      analysis: { maxErrorRatePercent: 5, maxP95Ms: 1_000, intervalSeconds: 1, failureLimit: 0 },
    },
    progression: { onFailure: { kind: 'rollBackAll' }, regionsAtOnce: null, pauses: 'afterEachWave' },
    targets,
  });
  return z.object({ environmentId: z.string() }).parse(made).environmentId;
}

/** From now on the region that fails goes back, the others go on, and nobody is waited for. */
async function chooseToGoOn(page: Page): Promise<void> {
  await page.goto(productUrl(`/t/${tenant}/environments`));
  await page.getByRole('region', { name: 'Trial' }).getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Wait for a person').selectOption('Never');
  await dialog.getByLabel('When a region fails').selectOption('Roll back that region, go on with the others');
  await dialog.getByLabel('Regions that may fail').fill('many');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('a whole number from 1 to 50');
  await dialog.getByLabel('Regions that may fail').fill('1');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

async function deploy(page: Page, asked: { serviceId: string; environmentId: string; artifactId: string }): Promise<void> {
  const answer = await change(page, 'deployment.ask', { tenant, ...asked });
  await page.goto(productUrl(`/t/${tenant}/deployments/${z.object({ deploymentId: z.string() }).parse(answer).deploymentId}`));
}

const answered = z.object({ result: z.object({ data: z.unknown() }) });

/** Calls the API with the session of whoever is logged in. */
async function change(page: Page, procedure: string, input: object): Promise<unknown> {
  const answer = await page.request.post(productUrl(`/api/trpc/${procedure}`), { data: input, headers: { origin: productUrl() } });
  const text = await answer.text();
  expect([procedure, answer.status(), text]).toEqual([procedure, 200, expect.any(String)]);
  return answered.parse(JSON.parse(text)).result.data;
}

async function read(page: Page, procedure: string, input: object): Promise<unknown> {
  const answer = await page.request.get(productUrl(`/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`));
  return answered.parse(await answer.json()).result.data;
}
