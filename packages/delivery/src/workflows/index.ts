export * from './compile-input.ts';
export * from './compile-workflow.ts';
export { type CompiledWorkflow } from './compiled.ts';
export * from './names.ts';
export * from './nodes.ts';
export * from './project-workflow.ts';
export * from './settle-gate.ts';
export * from './workflow-actions.ts';
