/** A chart on a canvas. New numbers are drawn in the same canvas, at once. */
import type { ECharts } from 'echarts/core';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartNumbers, Drawing } from '../../serving/charts/drawing';
import { init } from './echarts';
import { type Reading, ReadingNote, readingAt } from './reading';

/** Pixels: in less, the legend of a brand's hours covers the name of their axis. */
export const LEAST_HOURS_WIDTH = 440;

interface Props {
  readonly drawing: Drawing;
  /** Pixels below which it is scrolled rather than squeezed. */
  readonly minWidth?: number;
}

export function Canvas({ drawing, minWidth = 0 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  /** The last that was heard of a pointer over the chart; null where there is none. */
  const pointer = useRef<PointerEvent | null>(null);
  const numbers = useMemo(() => asked(drawing.numbers), [drawing]);
  const [reading, setReading] = useState<Reading | null>(null);

  const read = (): void => {
    const [at, made, element] = [pointer.current, chart.current, box.current];
    if (at === null || made === null || element === null) {
      setReading(null);
      return;
    }
    const { left, top } = element.getBoundingClientRect();
    setReading(readingAt(made, numbers(), at.clientX - left, at.clientY - top));
  };
  const point = (event: PointerEvent): void => {
    pointer.current = event;
    read();
  };
  const leave = (): void => {
    pointer.current = null;
    read();
  };

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    const watched = new ResizeObserver(() => made.resize());
    watched.observe(element);
    return () => {
      watched.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(drawing.option, { notMerge: true });
    read();
  }, [drawing]);

  const isReading = reading !== null;
  useEffect(() => {
    if (!isReading) return undefined;
    // What covers a part of the chart must be put away without moving the pointer, too.
    const put = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') leave();
    };
    document.addEventListener('keydown', put);
    return () => document.removeEventListener('keydown', put);
  }, [isReading]);

  return (
    <div class="scroll" role="img" aria-label={drawing.label} tabIndex={minWidth > 0 ? 0 : undefined}>
      <div
        class="plot"
        style={{ minWidth: `${minWidth}px` }}
        onPointerDown={point}
        onPointerMove={point}
        // A finger that is lifted has left; what it pointed at is still to be read.
        onPointerLeave={({ pointerType }) => pointerType === 'mouse' && leave()}
      >
        <div ref={box} style={{ height: `${drawing.height}px` }} />
        {reading === null ? null : <ReadingNote reading={reading} />}
      </div>
    </div>
  );
}

/** The numbers of a chart, made when they are asked for first. */
function asked(make: () => ChartNumbers): () => ChartNumbers {
  let made: ChartNumbers | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
