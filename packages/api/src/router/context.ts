export { createContext } from '../trpc/context.ts';
export type { ApiContext, ApiMeasures, ApiServices, RequestFacts } from '../trpc/context.ts';
