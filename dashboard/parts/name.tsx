/** A text that may come from the data: cut where it is long, and unable to change the direction of what stands around it. */
import { shortName } from '../short_name';

export function Name({ text }: { readonly text: string }) {
  const short = shortName(text);
  return <bdi title={short === text ? undefined : text.slice(0, 1000)}>{short}</bdi>;
}
