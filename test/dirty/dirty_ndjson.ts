/** Dirty NDJSON files: both dialects on neighbouring lines, numbers written in every way, lines that are no JSON. */
import { Dice } from './dice';
import { dirtyRecords } from './dirty_records';
import type { Texts } from './shop';

const CLICKSTREAM_TYPES: Readonly<Record<string, string>> = {
  view: 'page_view',
  cart: 'add_to_cart',
  remove_from_cart: 'remove_from_cart',
  purchase: 'purchase',
};
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** A file of `rows` records, one a line. The same for the same seed. */
export function dirtyNdjson(seed: number, rows: number): Buffer {
  const dice = new Dice(seed ^ 0x150);
  const parts: Buffer[] = [];
  const lineEnds = dice.pick([['\n'], ['\r\n'], ['\n', '\r\n']]);
  if (dice.percent(30)) parts.push(Buffer.from('\ufeff'));
  const records = dirtyRecords(seed, rows);
  for (const [index, texts] of records.entries()) {
    if (dice.percent(1)) parts.push(Buffer.from(dice.pick(['\n', '\r\n', ' \t\n'])));
    const json = dice.percent(40) ? clickstream(dice, texts) : cosmetics(dice, texts);
    const line = dice.percent(4) ? broken(dice, json) : Buffer.from(dice.percent(3) ? ` ${json}\t` : json);
    parts.push(line);
    if (index < records.length - 1 || dice.percent(60)) parts.push(Buffer.from(dice.pick(lineEnds)));
  }
  return Buffer.concat(parts);
}

type Members = (string | undefined)[];

function cosmetics(dice: Dice, texts: Texts): string {
  return object(dice, [
    ...common(dice, texts),
    member(dice, 'event_time', texts.event_time),
    member(dice, 'event_type', texts.event_type),
    member(dice, 'user_session', texts.user_session),
    member(dice, 'page', texts.page),
    member(dice, 'ip', texts.ip),
    nested(dice, 'device', { os: texts.device_os, mobile: texts.device_mobile, ua: texts.device_ua }),
    // Names of the other dialect mean nothing here.
    dice.percent(5)
      ? '"timestamp":"2001-01-01T00:00:00Z","session_id":"other","page_url":"/other"'
      : undefined,
  ]);
}

function clickstream(dice: Dice, texts: Texts): string {
  const type = texts.event_type;
  const uaInside = dice.percent(50);
  return object(dice, [
    ...common(dice, dice.percent(5) ? { ...texts, price: '' } : texts),
    member(dice, dice.pick(['event_ts', 'timestamp']), texts.event_time),
    member(dice, 'event_type', type === undefined ? undefined : (CLICKSTREAM_TYPES[type] ?? type)),
    member(dice, 'session_id', texts.user_session),
    member(dice, dice.pick(['page', 'page_url']), texts.page),
    member(dice, dice.pick(['ip', 'ip_address']), texts.ip),
    nested(dice, 'device', {
      os: texts.device_os,
      mobile: texts.device_mobile,
      ua: uaInside ? texts.device_ua : undefined,
    }),
    uaInside ? undefined : member(dice, 'user_agent', texts.device_ua),
    dice.percent(5) ? '"user_session":"not read in this dialect"' : undefined,
  ]);
}

function common(dice: Dice, texts: Texts): Members {
  return [
    member(dice, 'product_id', texts.product_id),
    member(dice, 'category_id', texts.category_id),
    member(dice, 'category_code', texts.category_code),
    member(dice, 'brand', texts.brand),
    member(dice, 'price', texts.price),
    member(dice, 'user_id', texts.user_id),
    member(dice, 'event_id', texts.event_id),
    member(dice, 'currency', texts.currency),
    nested(dice, 'utm', { source: texts.utm_source, medium: texts.utm_medium, campaign: texts.utm_campaign }),
    nested(dice, 'geo', { country: texts.geo_country, city: texts.geo_city }),
    dice.percent(5) ? '"unknown":{"deep":[1,2,{"event_time":"x"}]}' : undefined,
    // Flat names are for CSV; here these are unknown names.
    dice.percent(3) ? '"utm_source":"flat"' : undefined,
  ];
}

function object(dice: Dice, members: Members): string {
  const present = dice.shuffle(members.filter((text) => text !== undefined));
  return `{${present.join(dice.pick([',', ', ']))}}`;
}

/** A name and its value, or undefined; sometimes a value that means missing. */
function member(dice: Dice, name: string, text: string | undefined): string | undefined {
  if (text === undefined) {
    return dice.percent(30)
      ? `"${name}":${dice.pick(['null', '""', '" "', '{}', '[]', '["x"]', '{"x":1}'])}`
      : undefined;
  }
  return `"${name}":${value(dice, text)}`;
}

function nested(dice: Dice, name: string, texts: Record<string, string | undefined>): string | undefined {
  const members = Object.entries(texts).map(([inner, text]) => member(dice, inner, text));
  if (members.every((text) => text === undefined)) {
    return dice.percent(5) ? `"${name}":${dice.pick(['null', '"text"', '[]', '5', '{}'])}` : undefined;
  }
  return `"${name}":${object(dice, members)}`;
}

function value(dice: Dice, text: string): string {
  if ((JSON_NUMBER.test(text) || text === 'true') && dice.percent(50)) return text;
  const quoted = JSON.stringify(text);
  return dice.percent(5) ? escaped(quoted) : quoted;
}

/** The same string with every character outside ASCII, and the first one inside, as \u escapes. */
function escaped(quoted: string): string {
  return quoted.replace(/^"[a-z]|[\u0080-\uffff]/g, (match) => {
    const unit = `\\u${match
      .charCodeAt(match.length - 1)
      .toString(16)
      .padStart(4, '0')}`;
    return match.length > 1 ? `"${unit}` : unit;
  });
}

/** A line that is no JSON object. */
function broken(dice: Dice, json: string): Buffer {
  switch (dice.under(8)) {
    case 0:
      return Buffer.from(json.slice(0, 1 + dice.under(json.length - 1)));
    case 1:
      return Buffer.from(
        dice.pick([
          '[]',
          '1',
          '"text"',
          'null',
          'true',
          '{',
          '{}',
          '[{"event_time":"2019-10-01 00:00:00 UTC"}]',
          ',',
        ]),
      );
    case 2:
      return Buffer.from(`${json}${json}`);
    case 3:
      return Buffer.from(json.replace('{', "{'single':'quotes',"));
    case 4:
      return Buffer.from(json.replace(/\}$/, ',}'));
    case 5:
      return Buffer.from(
        json.replace(
          '{',
          dice.pick([
            '{"n":NaN,',
            '{"n":01,',
            '{"n":+1,',
            '{"n":.5,',
            '{"n":1.,',
            '{"s":"tab\there",',
            '{"s":"\\x41",',
            '{"s":"\\u12g4",',
          ]),
        ),
      );
    case 6:
      return Buffer.from(`\ufeff\v${json}`);
    default: {
      const at = dice.under(json.length);
      return Buffer.concat([
        Buffer.from(json.slice(0, at)),
        Buffer.from([0xff]),
        Buffer.from(json.slice(at)),
      ]);
    }
  }
}
