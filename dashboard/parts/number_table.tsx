/** A table whose rows are named by their first cell. On narrow screens it is scrolled, by keys, too. */
import type { ComponentChildren } from 'preact';
import { Name } from './name';

interface Props {
  readonly caption: string;
  /** Whether the caption is only for those who don't see the page: a heading says it already. */
  readonly isCaptionUnseen?: boolean;
  readonly titles: readonly string[];
  /** Texts are shown as names: they may come from the data. */
  readonly rows: readonly (readonly ComponentChildren[])[];
}

export function NumberTable({ caption, isCaptionUnseen = false, titles, rows }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section class="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption class={isCaptionUnseen ? 'unseen' : ''}>{caption}</caption>
        <thead>
          <tr>
            {titles.map((title, i) => (
              <th scope="col" key={i}>
                <Name text={title} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...rest], i) => (
            <tr key={i}>
              <th scope="row">{shown(first)}</th>
              {rest.map((cell, j) => (
                <td key={j}>{shown(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function shown(cell: ComponentChildren): ComponentChildren {
  return typeof cell === 'string' ? <Name text={cell} /> : cell;
}
