import type { DeploymentAction } from './asked.ts';
import { bySentence, regionsInWords } from '../way-back/by-sentence.ts';
import type { DeploymentDetail } from './deployment-detail.ts';

interface Question {
  title: string;
  description: string;
  confirmLabel: string;
}

/** What is asked once more before a deployment as a whole is acted on. */
export function questionOf(deployment: DeploymentDetail, action: Exclude<DeploymentAction, 'repeat'>): Question {
  const what = `${deployment.serviceName} ${deployment.version} in ${deployment.environmentName}`;
  switch (action) {
    case 'continue':
      return { title: `Go on with ${what}?`, description: continuation(deployment), confirmLabel: 'Go on' };
    case 'cancel':
      return {
        title: `Cancel the deployment of ${what}?`,
        description: 'Nothing has been changed in any region yet, and nothing will be.',
        confirmLabel: 'Cancel the deployment',
      };
    case 'rollback':
      return { title: `Roll back ${what}?`, description: wayBack(deployment), confirmLabel: 'Roll back now' };
  }
}

function wayBack({ targets, back }: DeploymentDetail): string {
  // One that has ended is followed by new deployments; one that moves goes back region by region.
  if (back !== null) {
    const going = back.legs.flatMap(({ targetIds }) => targetIds);
    return [...backSentences(back), ...doubts(targets.filter(({ targetId }) => going.includes(targetId)))].join(' ');
  }
  const touched = targets.filter((target) => !['pending', 'skipped'].includes(target.state)).map((target) => target.region);
  const where = touched.length === 0 ? 'every region' : regionsInWords(touched);
  return `In ${where} the last version comes back that was seen healthy there.`;
}

/** Which version comes back in which region, and where nothing is done and why. */
export function backSentences({ legs, stays }: NonNullable<DeploymentDetail['back']>): string[] {
  const comes = legs.map(({ version, regions }) => `${version} comes back in ${allOf(regions)}.`);
  const apart = legs.length > 1 ? ['Each of these versions comes by a deployment of its own, one after the other.'] : [];
  const reasons = [...new Set(stays.map(({ why }) => why))];
  const remain = reasons.map((why) => {
    const regions = stays.filter((one) => one.why === why).map(({ region }) => region);
    return `Nothing is done in ${allOf(regions)}: ${why}.`;
  });
  return [...comes, ...apart, ...remain];
}

const list = new Intl.ListFormat('en', { type: 'conjunction' });
/** By name, however many: what is agreed to is read region by region. */
function allOf(regions: readonly string[]): string {
  return list.format(regions);
}

/** What is in its way, as it was last seen. */
function doubts(targets: DeploymentDetail['targets']): string[] {
  const uncertain = bySentence(targets).filter(({ wayBack }) => wayBack.light !== 'works');
  return uncertain.map(({ wayBack, regions }) => `In doubt in ${regionsInWords(regions)}: ${wayBack.sentence}.`);
}

function continuation(deployment: DeploymentDetail): string {
  const failed = failedRegions(deployment);
  const without =
    failed.length === 0
      ? ''
      : ` ${regionsInWords(failed)} ${failed.length === 1 ? 'is' : 'are'} left as ${failed.length === 1 ? 'it is' : 'they are'}.`;
  const here = pendingIn(deployment, deployment.currentWave);
  const next = here.length > 0 ? here : pendingIn(deployment, deployment.currentWave + 1);
  if (next.length === 0) return `What has begun goes on to its end.${without}`;
  return `${regionsInWords(next)} ${next.length === 1 ? 'is' : 'are'} next.${without}`;
}

function pendingIn({ targets }: DeploymentDetail, wave: number): string[] {
  return targets.filter((target) => target.wave === wave && target.state === 'pending').map((target) => target.region);
}

/** Regions that failed while others went on, those that went back included. */
export function failedRegions({ targets }: Pick<DeploymentDetail, 'targets'>): string[] {
  return targets.filter(({ state }) => state === 'failed' || state === 'rollingBack' || state === 'rolledBack').map(({ region }) => region);
}
