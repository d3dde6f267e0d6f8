export * from './read-yaml.ts';
