/** A link to another place of the page: the page goes there without loading again. Opened in a new tab it loads there. */
import type { ComponentChildren } from 'preact';
import { type Place, searchOf } from '../location';
import { usePage } from '../page_context';

interface Props {
  readonly to: Place;
  readonly isCurrent?: boolean;
  readonly children: ComponentChildren;
}

export function Link({ to, isCurrent = false, children }: Props) {
  const { go } = usePage();
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={`/${searchOf(to)}`} onClick={follow} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  );
}
