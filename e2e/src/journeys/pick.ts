import { expect } from '@playwright/test';
import type { Locator } from '@playwright/test';

/** Types a name and goes on, as soon as it can be chosen: what there is to choose from comes after the field. */
export async function pick(field: Locator, chosen: Locator, name: string): Promise<void> {
  await expect(async () => {
    await field.fill(name);
    await field.blur();
    await expect(chosen).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
}
