/** Charts as SVG, drawn while the page is made: the page itself needs no script. */
import { createHash } from 'node:crypto';
import { type Drawing, type Palette, WIDTH } from '../charts/drawing';
import { wholeText } from '../whole_text';
import { table } from './funnel_table';
import { type Content, Html, html } from './html';

/**
 * Colours are the page's (style.ts), so that a chart follows light, dark and paper. Those of lines are of Okabe and Ito's palette, told apart by people with any colour vision.
 */
export const PALETTE: Palette = {
  ...{ ground: 'var(--ground)', ink: 'var(--ink)', faint: 'var(--faint)', grid: 'var(--grid)' },
  ...{ drop: 'var(--c2)', spike: 'var(--c1)', font: 'inherit' },
  lines: ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)'],
};

/** The chart in a figure that can be scrolled on narrow screens. */
export function figure(drawing: Drawing, caption: Content): Html {
  return around(drawing, caption, null);
}

/** The same with a table of what it shows, which can be opened below it. */
export function figureWithNumbers(drawing: Drawing, caption: Content): Html {
  const { titles, rows } = drawing.numbers();
  const numbers = html`<details class="numbers"><summary>Numbers of this chart</summary>${table(titles, rows)}</details>`;
  return around(drawing, caption, numbers);
}

function around(drawing: Drawing, caption: Content, numbers: Html | null): Html {
  const name = wholeText(drawing.label);
  return html`<figure><figcaption>${caption}</figcaption>
<div class="scroll" tabindex="0"><div role="img" aria-label="${name}">${draw(drawing)}</div></div>
${numbers}</figure>
`;
}

function draw({ option, height }: Drawing): Html {
  // ECharts takes a tenth of a second to load, and few commands draw.
  const { init } = require('echarts') as typeof import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
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
