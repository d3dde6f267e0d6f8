export * from './open-door.ts';
