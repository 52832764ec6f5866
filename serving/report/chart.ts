/** Charts as SVG, drawn while the page is made: the page itself needs no script. */
import { createHash } from 'node:crypto';
import type { EChartsOption } from 'echarts';
import { type Content, Html, html, whole } from './html';

/** Colours are the page's (style.ts), so that a chart follows light, dark and paper. */
export const INK = 'var(--ink)';
export const FAINT = 'var(--faint)';
export const GRID = 'var(--grid)';
export const DROP = 'var(--c2)';
export const SPIKE = 'var(--c1)';
/** Of Okabe and Ito's palette, told apart by people with any colour vision; lines differ in their dashes, too. */
export const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)'];
export const DASHES = ['solid', [8, 3], [2, 2], [10, 3, 2, 3], [5, 5]] as const;

export interface Drawing {
  readonly option: EChartsOption;
  /** Pixels; the page scales it to its width. */
  readonly height: number;
  readonly width?: number;
  /** What the chart shows, for those who don't see it. */
  readonly label: string;
}

const WIDTH = 760;
const FONT = { fontFamily: 'inherit', fontSize: 12, color: FAINT };

/** The chart in a figure that can be scrolled on narrow screens. @param numbers a table of what it shows, which can be opened below it */
export function figure(drawing: Drawing, caption: Content, numbers: Html | null = null): Html {
  const name = whole(drawing.label);
  return html`<figure><figcaption>${caption}</figcaption>
<div class="scroll" role="img" aria-label="${name}">${draw(drawing)}</div>
${numbers === null ? null : html`<details class="numbers"><summary>Numbers of this chart</summary>${numbers}</details>`}</figure>
`;
}

function draw({ option, height, width = WIDTH }: Drawing): Html {
  // ECharts takes a tenth of a second to load, and few commands draw.
  const { init } = require('echarts') as typeof import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      ...{ animation: false, backgroundColor: 'transparent', color: COLOURS, textStyle: FONT },
      ...option,
    });
    return new Html(still(chart.renderToSVGString()));
  } finally {
    chart.dispose();
  }
}

/**
 * Without what only a page with pointers and scripts needs, a third of the text, and without names that another chart of the page has. No text of the data can look like one of these attributes: quotation
 * marks and angle brackets in it are escaped.
 */
function still(svg: string): string {
  const lean = svg
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ class="zr[^"]*"/g, '')
    .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
    .replace(/ pointer-events="[^"]*"/g, '')
    .replace(/ xmlns(:xlink)?="[^"]*"| version="1.1"| baseProfile="full"/g, '')
    .replace(/(id="|="url\(#)zr\d+-/g, '$1@')
    .replace(/font-size:12px;font-family:inherit;|font: normal normal 12px inherit/g, '')
    .replace(/ style=""/g, '')
    .replace(/<svg /, '<svg aria-hidden="true" ')
    .replace(/\n+/g, '\n');
  // Two charts with one name are the same chart, so it doesn't matter whose parts a name means.
  const name = createHash('sha256').update(lean).digest('hex').slice(0, 12);
  return lean.replace(/(id="|="url\(#)@/g, `$1c${name}-`);
}

/** A horizontal axis of days or of hours. */
export function timeAxis(from: number, to: number): NonNullable<EChartsOption['xAxis']> {
  return {
    type: 'time',
    ...{ min: from, max: to },
    axisLine: { lineStyle: { color: GRID } },
    axisTick: { lineStyle: { color: GRID } },
    axisLabel: {
      ...FONT,
      hideOverlap: true,
      formatter: { day: '{d} {MMM}', month: '{d} {MMM}', year: '{d} {MMM}' },
    },
    splitLine: { show: false },
  };
}

/** A vertical axis of amounts from 0. */
export function valueAxis(
  name: string,
  text: (value: number) => string,
): NonNullable<EChartsOption['yAxis']> {
  return {
    type: 'value',
    ...{ name, min: 0, splitNumber: 4 },
    nameTextStyle: { ...FONT, align: 'left' },
    axisLabel: { ...FONT, formatter: text },
    splitLine: { lineStyle: { color: GRID } },
  };
}

export const PLOT = { left: 64, right: 24, top: 36, bottom: 32 };
export const LEGEND = { top: 4, right: 8, itemWidth: 32, textStyle: { ...FONT, color: INK } };

/** Characters of a name that have room beside a bar and in a legend. */
const DRAWN_CHARACTERS = 18;

/**
 * A text of the data as it may be drawn: one line, cut where it is long. zrender keeps what it has measured under the text itself, in a plain object, so that a brand called `__proto__` would write to every
 * object of the process; such a word gets an invisible character. ECharts' own cutting would measure parts of a text, and find that word in a longer one.
 */
export function drawable(text: string): string {
  const characters = [...whole(text).replace(/\s+/gu, ' ')];
  const cut =
    characters.length > DRAWN_CHARACTERS
      ? `${characters.slice(0, DRAWN_CHARACTERS - 1).join('')}…`
      : characters.join('');
  return cut in Object.prototype ? `${cut}\u2060` : cut;
}

/** A legend of lines whose `name` is their index: for ECharts, too, a name of the data is better no key. */
export function legendOf(names: readonly string[]) {
  return {
    ...LEGEND,
    data: names.map((_, i) => String(i)),
    formatter: (i: string) => drawable(names[Number(i)]),
  };
}
/** Nothing reacts to a pointer. */
export const STILL = { silent: true, emphasis: { disabled: true } };
