export * from './state.ts';
export * from './plan.ts';
export * from './transitions.ts';
export * from './snapshot.ts';
export * from './judge-target.ts';
export * from './decide.ts';
export * from './way-back.ts';
export * from './abilities.ts';
