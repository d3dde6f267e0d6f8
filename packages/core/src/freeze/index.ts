export * from './freeze.ts';
export * from './icalendar.ts';
export * from './in-flight.ts';
export * from './recurrence.ts';
export * from './windows.ts';
