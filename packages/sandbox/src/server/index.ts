export { startSandbox, type Sandbox, type SandboxOptions } from './start-sandbox.ts';
export type { AllowedRule, TokenGrant } from './gate/identity.ts';
export type { FaultInput } from './gate/faults.ts';
