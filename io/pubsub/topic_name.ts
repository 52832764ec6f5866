import { InputError } from '../input_error';

/** Names as Google allows them; a project may be in a domain, like example.com:shop. */
const PROJECT = /^[a-z][a-z0-9.:-]*[a-z0-9]$/;
const TOPIC = /^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/;

/**
 * The full name of a topic, `projects/P/topics/T`, from that or from `P/T`.
 *
 * @throws {InputError} that names the option where the text is neither.
 */
export function topicName(option: string, text: string): string {
  const [, project, topic] =
    /^projects\/([^/]+)\/topics\/([^/]+)$/.exec(text) ?? /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (project === undefined || !PROJECT.test(project) || !TOPIC.test(topic))
    throw new InputError(
      `--${option} ${text}: projects/PROJECT/topics/TOPIC or PROJECT/TOPIC was expected, like my-shop/events`,
    );
  return `projects/${project}/topics/${topic}`;
}
