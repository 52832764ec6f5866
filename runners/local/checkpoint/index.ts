/** Checkpoints: what a streaming run needs to go on after it was stopped or killed. */
export type { StateIdentity } from './identity';
export { openState } from './open_state';
export { StateError } from './state_error';
export type { StateChange, StateStore } from './state_store';
