import { approvalRouter } from '../approval/router.ts';
import { artifactRouter } from '../artifact/router.ts';
import { auditRouter } from '../audit/router.ts';
import { clusterRouter } from '../cluster/router.ts';
import { deploymentRouter } from '../deployment/router.ts';
import { driftRouter } from '../drift/router.ts';
import { environmentRouter } from '../environment/router.ts';
import { groupRouter } from '../group/router.ts';
import { homeRouter } from '../home/router.ts';
import { evidenceRouter } from '../evidence/router.ts';
import { externalCheckRouter } from '../external-check/router.ts';
import { exemptionRouter } from '../exemption/router.ts';
import { incidentRouter } from '../incident/router.ts';
import { insightRouter } from '../insight/router.ts';
import { jobRouter } from '../job/router.ts';
import { ledgerRouter } from '../ledger/router.ts';
import { memberRouter } from '../member/router.ts';
import { notificationRouter } from '../notification/router.ts';
import { policyRouter } from '../policy/router.ts';
import { promotionRouter } from '../promotion/router.ts';
import { roleRouter } from '../role/router.ts';
import { runRouter } from '../run/router.ts';
import { serviceRouter } from '../service/router.ts';
import { sessionRouter } from '../session/router.ts';
import { standInRouter } from '../stand-in/router.ts';
import { personRouter, tenantRouter } from '../tenant/router.ts';
import { tokenRouter } from '../token/router.ts';
import { webhookRouter } from '../webhook/router.ts';
import { createCallerFactory, router } from '../trpc/index.ts';

const appRouter = router({
  session: sessionRouter,
  home: homeRouter,
  service: serviceRouter,
  run: runRouter,
  artifact: artifactRouter,
  promotion: promotionRouter,
  deployment: deploymentRouter,
  drift: driftRouter,
  approval: approvalRouter,
  standIn: standInRouter,
  notification: notificationRouter,
  environment: environmentRouter,
  cluster: clusterRouter,
  job: jobRouter,
  member: memberRouter,
  group: groupRouter,
  role: roleRouter,
  policy: policyRouter,
  incident: incidentRouter,
  insight: insightRouter,
  ledger: ledgerRouter,
  exemption: exemptionRouter,
  evidence: evidenceRouter,
  externalCheck: externalCheckRouter,
  token: tokenRouter,
  webhook: webhookRouter,
  audit: auditRouter,
  tenant: tenantRouter,
  person: personRouter,
});

/** Every procedure of Flow. */
export type AppRouter = typeof appRouter;

/** The router of all procedures; it holds no connection and no state. */
export function createAppRouter(): AppRouter {
  return appRouter;
}

/** Calls procedures without HTTP, for server-rendered pages: the same policies hold. */
export const createCaller = createCallerFactory(appRouter);
