/** A chart with its caption, and below it its numbers for those who want them or don't see it. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Drawing } from '../../serving/charts/drawing';
import { Canvas } from './canvas';
import { NumberTable } from './number_table';

interface Props {
  readonly drawing: Drawing;
  readonly caption: string;
  readonly minWidth?: number;
  readonly children?: ComponentChildren;
}

export function Chart({ drawing, caption, minWidth = 0 }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <figure>
      <figcaption>{caption}</figcaption>
      <Canvas drawing={drawing} minWidth={minWidth} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          Numbers of this chart<span class="unseen">: {caption}</span>
        </summary>
        {isOpen ? <Numbers drawing={drawing} caption={caption} /> : null}
      </details>
    </figure>
  );
}

function Numbers({ drawing, caption }: Pick<Props, 'drawing' | 'caption'>) {
  const { titles, rows } = drawing.numbers();
  return <NumberTable caption={caption} titles={titles} rows={rows} />;
}
