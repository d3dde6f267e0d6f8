export * from './close-incident.ts';
export * from './open-incident.ts';
