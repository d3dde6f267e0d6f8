import { approvalRouter } from '../approval/router.ts';
import { artifactRouter } from '../artifact/router.ts';
import { auditRouter } from '../audit/router.ts';
import { clusterRouter } from '../cluster/router.ts';
import { deploymentRouter } from '../deployment/router.ts';
import { environmentRouter } from '../environment/router.ts';
import { homeRouter } from '../home/router.ts';
import { incidentRouter } from '../incident/router.ts';
import { memberRouter } from '../member/router.ts';
import { policyRouter } from '../policy/router.ts';
import { roleRouter } from '../role/router.ts';
import { runRouter } from '../run/router.ts';
import { serviceRouter } from '../service/router.ts';
import { sessionRouter } from '../session/router.ts';
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
  deployment: deploymentRouter,
  approval: approvalRouter,
  environment: environmentRouter,
  cluster: clusterRouter,
  member: memberRouter,
  role: roleRouter,
  policy: policyRouter,
  incident: incidentRouter,
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
