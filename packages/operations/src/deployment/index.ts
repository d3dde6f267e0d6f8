export * from './about-to-ask.ts';
export * from './act.ts';
export * from './ask.ts';
export * from './build-plan.ts';
export * from './cancel.ts';
export * from './nearest-plan.ts';
export * from './preview.ts';
export * from './request-rollback.ts';
