import { browserImports } from './rules/layers/browser-imports.ts';
import { layerImports } from './rules/layers/layer-imports.ts';
import { noServerAction } from './rules/layers/no-server-action.ts';
import { noSqlOutsideDb } from './rules/layers/no-sql.ts';
import { prismaInDb } from './rules/layers/prisma-in-db.ts';
import { colourToken } from './rules/looks/colour-token.ts';
import { bannedName } from './rules/names/banned-name.ts';
import { entryPoint } from './rules/names/entry-point.ts';
import { productWordInUi } from './rules/names/product-word.ts';
import { testSuffix } from './rules/names/test-suffix.ts';
import { noPlainError } from './rules/operations/no-plain-error.ts';
import { operationGuard } from './rules/operations/operation-guard.ts';
import { statusWriter } from './rules/operations/status-writer.ts';
import { tenantFirst } from './rules/operations/tenant-first.ts';
import { boundedCall } from './rules/purity/bounded-call.ts';
import { envFile } from './rules/purity/env-file.ts';
import { injectedClock } from './rules/purity/injected-clock.ts';
import { noSingleton } from './rules/purity/no-singleton.ts';
import { pureCore } from './rules/purity/pure-core.ts';
import { noModuleMock } from './rules/tests/no-module-mock.ts';
import { noSkippedTest } from './rules/tests/no-skipped-test.ts';
import { noSleepInTest } from './rules/tests/no-sleep.ts';
import { noTestRetry } from './rules/tests/no-test-retry.ts';
import { explainedSuppression } from './rules/types/explained-suppression.ts';
import { guardedCast } from './rules/types/guarded-cast.ts';

/** Flow's own lint rules, as oxlint loads them. */
const plugin = {
  meta: { name: 'flow' },
  rules: {
    'banned-name': bannedName,
    'bounded-call': boundedCall,
    'browser-imports': browserImports,
    'colour-token': colourToken,
    'entry-point': entryPoint,
    'env-file': envFile,
    'explained-suppression': explainedSuppression,
    'guarded-cast': guardedCast,
    'injected-clock': injectedClock,
    'layer-imports': layerImports,
    'no-module-mock': noModuleMock,
    'no-plain-error': noPlainError,
    'no-server-action': noServerAction,
    'no-singleton': noSingleton,
    'no-skipped-test': noSkippedTest,
    'no-sleep-in-test': noSleepInTest,
    'no-sql-outside-db': noSqlOutsideDb,
    'no-test-retry': noTestRetry,
    'operation-guard': operationGuard,
    'prisma-in-db-only': prismaInDb,
    'product-word-in-ui': productWordInUi,
    'pure-core': pureCore,
    'status-writer': statusWriter,
    'tenant-first': tenantFirst,
    'test-suffix': testSuffix,
  },
};

export default plugin;
