export * from './find-tenant.ts';
export * from './find-member.ts';
export * from './save-membership.ts';
export * from './group.ts';
