export * from './ingest.ts';
export * from './show-last-seen.ts';
