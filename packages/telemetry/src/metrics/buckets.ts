/** Of answers to people, in seconds: fine where the goals lie. */
export const answerBuckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Of work behind the pages, in seconds: a step of Helm may take a minute. */
export const workBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
