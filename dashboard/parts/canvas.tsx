/** A chart on a canvas. New numbers are drawn in the same canvas, at once. */
import type { ECharts } from 'echarts/core';
import { useEffect, useRef } from 'preact/hooks';
import type { Drawing } from '../../serving/charts/drawing';
import { init } from './echarts';

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
  }, [drawing]);

  return (
    <div class="scroll" role="img" aria-label={drawing.label} tabIndex={minWidth > 0 ? 0 : undefined}>
      <div ref={box} style={{ height: `${drawing.height}px`, minWidth: `${minWidth}px` }} />
    </div>
  );
}
