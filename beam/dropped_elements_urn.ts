/** Stands for the elements that the groupings below a step drop; its payload is the step's unique name. See dropped_elements.ts. */
export const DROPPED_ELEMENTS_URN = 'funnelpulse:transform:dropped_elements:v1';
