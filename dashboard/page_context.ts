/** What every part of the page may need: where one is, what there is, and how things look. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Palette } from '../serving/charts/drawing';
import type { PipelineStatus } from '../serving/served';
import type { Coverage } from './api';
import type { Place } from './location';
import type { Go } from './use_place';

export interface PageContext {
  readonly place: Place;
  readonly go: Go;
  readonly coverage: Coverage;
  /** Of the tables; another one when they have changed. */
  readonly version: string;
  /** What the stream says of itself; null where the server's process writes nothing. */
  readonly status: PipelineStatus | null;
  readonly palette: Palette;
}

export const Page = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(Page);
  if (page === null) throw new Error('a part of the page stands outside of it');
  return page;
}
