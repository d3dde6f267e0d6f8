import { expect, test } from 'vitest';
import { evaluate } from '../evaluate.ts';
import { aContext, aGovernance, aRequest } from '../testing.ts';
import type { Verdict } from '../verdict.ts';
import { givens, quietMonday, whens } from './phrases.ts';

/** Given / when / then. It is Monday, 11:00 in Berlin. Several things that are given stand with "+" between them; "because" is part of a reason. */
const table = `
nothing special                                                                                                | Ada deploys                    | allowed
production needs one approval                                                                                  | Ada deploys                    | needs 1 because 1 more approval
production needs one approval                                                                                  | Ada rolls back                 | allowed
production needs one approval + one approval of exactly this                                                   | Ada deploys                    | allowed because Approved by 1 person
production needs one approval + one approval of another content                                                | Ada deploys                    | needs 1
production needs one approval + an approval that expired                                                       | Ada deploys                    | needs 1
production needs one approval + a rejection                                                                    | Ada deploys                    | denied because An approver rejected it
production is archived                                                                                         | Ada deploys                    | denied because Production is archived
production is archived + this deployment is exempt from the freeze                                             | Ada deploys                    | denied because Production is archived
another deployment of it is moving here                                                                        | Ada deploys                    | held because asked for by Grace
Search came before it to "Ten at once"                                                                         | Ada deploys                    | held because Its turn has not come: Search came before it to "Ten at once"
Search came before it to "Ten at once"                                                                         | Ada rolls back                 | allowed
it was asked to start at 14:00                                                                                 | Ada deploys                    | held until Mon 14:00 because It was asked to start later
it was asked to start at 14:00                                                                                 | Ada deploys at 14:00           | allowed
it was asked to start at 14:00 + a second freeze from 14:00 to 16:00                                           | Ada deploys                    | held until Mon 16:00
Ada, who asked for it, has left since                                                                          | automation deploys             | held because Ada, who asked for it, may not deploy here any more
Ada, who asked for it, has left since                                                                          | Ada rolls back                 | allowed
it and Cart wait for each other                                                                                | Ada deploys                    | allowed because It waits in a circle: for Cart, which waits for this one
a freeze until 14:00                                                                                           | Ada deploys                    | held until Mon 14:00 because Frozen by "Release day"
a freeze until 14:00                                                                                           | Ada looks before she asks      | held until Mon 14:00
a freeze until 14:00                                                                                           | automation deploys             | held until Mon 14:00
a freeze until 14:00                                                                                           | Ada deploys at 14:00           | allowed
a freeze until 14:00                                                                                           | Ada rolls back                 | allowed
a freeze until 14:00                                                                                           | Ada aborts                     | allowed
a freeze until 14:00                                                                                           | the next wave begins           | allowed
a freeze until 14:00 that lets moving deployments finish their wave                                            | a step within a wave goes on   | allowed
a freeze until 14:00 that lets moving deployments finish their wave                                            | the next wave begins           | held until Mon 14:00
a freeze until 14:00 that holds moving deployments                                                             | a step within a wave goes on   | held until Mon 14:00
a freeze until 14:00 that names rollbacks too                                                                  | Ada rolls back                 | held until Mon 14:00
a freeze until 14:00 for automation only                                                                       | automation deploys             | held until Mon 14:00
a freeze until 14:00 for automation only                                                                       | Ada deploys                    | allowed
a freeze until 14:00 with an exception for Checkout                                                            | Ada deploys                    | allowed
a freeze until 14:00 of staging                                                                                | Ada deploys                    | allowed
a freeze until 14:00 in shadow                                                                                 | Ada deploys                    | allowed
a freeze until 14:00 + a second freeze from 14:00 to 16:00                                                     | Ada deploys                    | held until Mon 16:00
a freeze that begins at noon                                                                                   | Ada deploys                    | allowed
an artifact must soak 60 minutes + it soaks since 10:30                                                        | Ada deploys                    | held until Mon 11:30 because It has run for 30 minutes
an artifact must soak 60 minutes + it soaks since 10:30                                                        | Ada deploys at 14:00           | allowed
an artifact must soak 60 minutes + it soaks since 10:30 + a freeze until 14:00                                 | Ada deploys                    | held until Mon 14:00
an artifact must soak 60 minutes + it soaks since 10:30 + a freeze that begins at noon                         | Ada deploys                    | held until Mon 11:30
an artifact must soak 60 minutes + it never ran below                                                          | Ada deploys                    | held because It has not run in the environment below yet
changes only in working hours                                                                                  | Ada deploys                    | allowed
changes only in working hours                                                                                  | Ada deploys on Friday at 18:00 | held until Mon 09:00 because Payments is not at work
changes only in working hours                                                                                  | Ada rolls back                 | allowed
changes wait for dependencies + Cart, a dependency, is mid-rollout in the same region                          | Ada deploys                    | held because Cart, which Checkout calls
changes wait for dependencies + Cart, a dependency, is mid-rollout elsewhere                                   | Ada deploys                    | allowed
changes wait for dependencies + Search, no dependency, is mid-rollout                                          | Ada deploys                    | allowed
changes wait for dependencies + Cart, a dependency, waits in the queue                                         | Ada deploys                    | allowed
one deployment of a service at a time + Checkout is moving in another production environment                   | Ada deploys                    | held because Another deployment of Checkout
at most ten at once in a region + ten are moving in the region                                                 | Ada deploys                    | held because Too much is moving at once
at most ten at once in a region + nine are moving in the region                                                | Ada deploys                    | allowed
what was rolled back does not return + the last deployment was this artifact and was rolled back               | Ada deploys                    | denied because this is the same artifact
what was rolled back does not return + the last deployment was another artifact and was rolled back            | Ada deploys                    | allowed
no changes during incidents + Cart, a dependency, has an incident                                              | Ada deploys                    | held because Payments fail
no changes during incidents + Cart, a dependency, has an incident                                              | Ada rolls back                 | allowed
no changes during incidents + a stranger has an incident                                                       | Ada deploys                    | allowed
without a way back two people must agree + no good version is known                                            | Ada deploys                    | needs 2 because No good version to go back to
without a way back two people must agree + no good version is known + two approvals of exactly this            | Ada deploys                    | allowed
without a way back two people must agree + nothing of it runs there yet                                        | Ada deploys                    | allowed
a warning when lower environments are ahead + staging runs something newer                                     | Ada deploys                    | allowed because Staging runs something newer
no changes without error budget + the error budget is spent                                                    | Ada deploys                    | held because The error budget of Checkout is spent
no changes without error budget + half of the error budget is left                                             | Ada deploys                    | allowed
a rule that blocks tier 1                                                                                      | Ada deploys                    | denied because Tier 1 is closed
a rule that blocks tier 1 + a rule that speaks for it                                                          | Ada deploys                    | denied because Tier 1 is closed
a rule that blocks tier 1, in shadow                                                                           | Ada deploys                    | allowed
a rule that blocks tier 1, switched off                                                                        | Ada deploys                    | allowed
a rule that blocks tier 1 + this deployment is exempt from the rule on tier 1                                  | Ada deploys                    | allowed because Exempt by Grace
a rule that blocks tier 1 + a freeze until 14:00                                                               | Ada deploys                    | denied because Frozen by
a rule whose label is missing                                                                                  | Ada deploys                    | held because could not be asked
a rule that blocks promoting                                                                                   | Ada promotes fully             | denied because No skipping
a rule that blocks promoting                                                                                   | the next wave begins           | allowed
a canary is required + a plan without a canary                                                                 | Ada deploys                    | denied because a canary is required
a canary is required + a plan with a canary                                                                    | Ada deploys                    | allowed
a canary is required + a plan without a canary                                                                 | Ada rolls back                 | allowed
a gate that asks for tests of the last day                                                                     | Ada deploys                    | held because there is no evidence yet
a gate that asks for tests of the last day + tests passed this morning                                         | Ada deploys                    | allowed
a gate that asks for tests of the last day + tests failed this morning                                         | Ada deploys                    | denied because 2 tests failed
a gate that asks for tests of the last day + tests passed last week                                            | Ada deploys                    | held because the evidence is too old
a gate that asks for tests of the last day + tests of another artifact passed                                  | Ada deploys                    | held because there is no evidence yet
a freeze until 14:00 + this deployment is exempt from the freeze                                               | Ada deploys                    | allowed because Exempt by Grace
a freeze until 14:00 + another deployment is exempt from the freeze                                            | Ada deploys                    | held until Mon 14:00
a freeze until 14:00 + an exemption from the freeze that another start has used                                | Ada deploys                    | held until Mon 14:00
a freeze until 14:00 + an exemption from the freeze that ended at 10:00                                        | Ada deploys                    | held until Mon 14:00
a freeze until 14:00 + this deployment is exempt from the freeze                                               | Ada looks before she asks      | held until Mon 14:00
a freeze until 14:00 + a break-glass of the freeze that needs nobody                                           | Ada deploys                    | allowed because someone else must review it
a freeze until 14:00 + a break-glass of the freeze that needs two                                              | Ada deploys                    | needs 2 because Break-glass by Grace
a freeze until 14:00 + a break-glass of the freeze that needs two + two approvals of exactly this              | Ada deploys                    | allowed because Break-glass by Grace
security must approve                                                                                          | Ada deploys                    | needs 1 because Security needs 1 of security
security must approve                                                                                          | Ada looks before she asks      | needs 1
security must approve                                                                                          | Ada rolls back                 | allowed
security must approve, in shadow                                                                               | Ada deploys                    | allowed
security must approve + Eve of security says yes to exactly this                                               | Ada deploys                    | allowed because approved by Eve
security must approve + Eve of security says yes to another content                                            | Ada deploys                    | needs 1
security must approve + Eve of security takes her yes back                                                     | Ada deploys                    | needs 1
security must approve + Eve of security wrote part of it                                                       | Ada deploys                    | needs 1 because those named for that case can
security must approve + it was rejected                                                                        | Ada deploys                    | denied because an approver rejected it
security must approve + Eve of security says yes to exactly this + production needs one approval               | Ada deploys                    | needs 1 because 1 more approval
security must approve what changes more than configuration                                                     | Ada deploys                    | needs 1
security must approve what changes more than configuration + only configuration changes                        | Ada deploys                    | allowed because approves it by itself: only configuration changes
`;

const rows = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([given = '', when = '', answer = '']) => ({ given, when, answer }));

const berlin = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', weekday: 'short', hour: '2-digit', minute: '2-digit' });

function shown(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'allowed':
      return 'allowed';
    case 'denied':
      return 'denied';
    case 'needsApprovals':
      return `needs ${verdict.missing}`;
    case 'heldUntil':
      return verdict.until === null ? 'held' : `held until ${berlin.format(verdict.until).replace(',', '')}`;
  }
}

test('the table has at least sixty scenarios', () => {
  expect(rows.length).toBeGreaterThanOrEqual(60);
});

test.each(rows)('given $given, when $when, then $answer', ({ given, when, answer }) => {
  const world = quietMonday();
  for (const phrase of given.split(' + ')) {
    expect(Object.keys(givens)).toContain(phrase);
    givens[phrase]?.(world);
  }
  expect(Object.keys(whens)).toContain(when);
  whens[when]?.(world);
  const governance = aGovernance(world.policies, { facts: world.facts, ...world.governance });
  const verdict = evaluate(aRequest(world.request), aContext(governance, world.context));
  const [expected, because] = answer.split(' because ');
  expect(shown(verdict)).toBe(expected);
  if (because !== undefined) expect(verdict.reasons.map(({ sentence }) => sentence).join('\n')).toContain(because);
});
