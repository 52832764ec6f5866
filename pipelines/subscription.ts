import { InputError } from '../io/input_error';

/** `pubsub://PROJECT/SUBSCRIPTION`. */
const SUBSCRIPTION = /^pubsub:\/\/([a-z][a-z0-9.:-]*[a-z0-9])\/([A-Za-z][\w.~+%-]{2,254})$/;

/** Whether an input is traffic without an end, as far as its form goes. */
export function isSubscription(input: string): boolean {
  return input.startsWith('pubsub:');
}

/** The full name of the subscription that an input names: projects/P/subscriptions/S. @throws InputError where it names none */
export function subscriptionName(input: string): string {
  const [, project, name] = SUBSCRIPTION.exec(input) ?? [];
  if (project === undefined)
    throw new InputError(
      `--input ${input}: pubsub://PROJECT/SUBSCRIPTION was expected, like pubsub://my-shop/events`,
    );
  return `projects/${project}/subscriptions/${name}`;
}
