export { createContext } from '../trpc/context.ts';
export type { ApiContext, ApiServices, RequestFacts } from '../trpc/context.ts';
