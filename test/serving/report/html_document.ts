/** A page as a browser's parser reads it. */
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

export type Element = DefaultTreeAdapterTypes.Element;

export interface Document {
  /** Codes of what the parser had to put right. */
  readonly errors: readonly string[];
  /** In the order of the text. */
  readonly elements: readonly Element[];
}

export function documentOf(markup: string): Document {
  const errors: string[] = [];
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(markup, { onParseError: ({ code }) => errors.push(code) }));
  return { errors, elements };
}

export function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

export function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value;
}

const ELEMENTS = new Set(
  `html head meta title style body header main nav section h1 h2 h3 p a b i span small ul ol li div figure figcaption details summary
   table thead tbody tr th td svg g rect path text tspan defs clipPath`.split(/\s+/),
);

/** What the page could load or run: nothing, if this is empty. */
export function activeParts({ elements }: Document): string[] {
  return elements.flatMap((element) => [
    ...(ELEMENTS.has(element.tagName) ? [] : [`<${element.tagName}>`]),
    ...element.attrs
      .filter(({ name, value }) => {
        if (/^on|^(src|srcset|srcdoc|action|formaction|data|poster|ping|background)$/.test(name)) return true;
        if (name === 'href') return !value.startsWith('#');
        if (name === 'style') return /url|import|expression/i.test(value);
        return /^(fill|stroke|clip-path|filter|mask)$/.test(name) && /url\((?!#)/.test(value);
      })
      .map(({ name, value }) => `${element.tagName} ${name}=${value}`),
  ]);
}
