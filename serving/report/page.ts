/** The report as one HTML file. It loads nothing and runs nothing: its policy forbids both, whatever the data says. */

import { momentText, periodText } from '../numbers';
import { anomalySections, brandHoursSection } from './anomalies';
import { brandSections, categorySection, priceBandSection } from './brands';
import type { ReportData } from './gather';
import { funnelSection, headline } from './headline';
import { Html, html } from './html';
import { qualitySection } from './quality_section';
import { STYLE } from './style';

/** Styles stand in the file and in its drawings; nothing else is allowed, no script, image, font, frame, form or connection. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const CONTENTS = [
  ['headline', 'Headline'],
  ['funnel', 'Funnel'],
  ['brands', 'Brands'],
  ['daily', 'Daily trends'],
  ['categories', 'Categories'],
  ['bands', 'Price bands'],
  ['anomalies', 'Anomalies'],
  ['evidence', 'Evidence'],
  ['hours', 'By the hour'],
  ['quality', 'Data quality'],
] as const;

/** @param now when the report was made, milliseconds since 1970 */
export function reportPage(data: ReportData, now: number): string {
  const body = [
    headline(data),
    funnelSection(data),
    brandSections(data),
    categorySection(data),
    priceBandSection(data),
    anomalySections(data),
    brandHoursSection(data),
    qualitySection(data),
  ];
  const markup = html`${body}`.markup;
  const contents = CONTENTS.filter(([id]) => markup.includes(`<h2 id="${id}">`));
  const title = data.period === null ? 'Conversion funnel' : `Conversion funnel, ${periodText(data.period)}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><header><h1>${title}</h1>
<p class="faint">${about(data)} Made ${momentText(now)}. Days and hours are UTC. Revenue is in the currency of the prices.</p>
<nav aria-label="Contents"><ul>${contents.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main>${data.period === null ? EMPTY : null}${body}</main></body></html>
`.markup;
}

const EMPTY = html`<p>There are no events in these days. Choose others by --since and --until, or look at what was rejected below.</p>`;

function about({ source, run }: ReportData): string {
  if (run === null) return `From ${source}.`;
  const { mode, status, input, watermark } = run;
  const far =
    mode !== 'streaming'
      ? ''
      : watermark === null
        ? ', complete'
        : `, ${status}, complete up to ${upTo(watermark)}`;
  return `From ${source}: ${mode === 'streaming' ? 'a stream of' : 'a run over'} ${input}${far}.`;
}

/** A stream that has seen nothing yet is at the year 1. */
function upTo(watermark: number): string {
  return watermark < Date.parse('0002-01-01T00:00:00Z') ? 'nothing yet' : momentText(watermark);
}
