export * from './add-member.ts';
export * from './change-role.ts';
export * from './create-tenant.ts';
export * from './remove-member.ts';
