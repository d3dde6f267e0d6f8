interface PlacedStep {
  id: string;
  state: string;
}

interface PlacedStage<Step> {
  key: string;
  state: string;
  steps: readonly Step[];
}

/** What a person most likely came for, the most urgent first. */
const urgency = ['failed', 'errored', 'waiting', 'running', 'cancelled'];

function mostUrgent<Item extends { state: string }>(items: readonly Item[]): Item | undefined {
  for (const state of urgency) {
    const found = items.find((item) => item.state === state);
    if (found !== undefined) return found;
  }
  return items[0];
}

/** The stage and step on the screen: those that the URL names, and else the ones that need a look. */
export function findPlace<Step extends PlacedStep, Stage extends PlacedStage<Step>>(
  stages: readonly (Stage & PlacedStage<Step>)[],
  wanted: { stage: string; step: string },
): { stage: Stage | undefined; step: Step | undefined } {
  const stage =
    stages.find((one) => one.steps.some((step) => step.id === wanted.step)) ??
    stages.find((one) => one.key === wanted.stage) ??
    mostUrgent(stages);
  const steps = stage?.steps ?? [];
  return { stage, step: steps.find((one) => one.id === wanted.step) ?? mostUrgent(steps) };
}
