/**
 * Registers what graphs hold from this folder, under the names by which workers find it again. Loaded by the graph's side and
 * by every worker; it must stay light (no './sdk').
 */
import './node24';
import { requireForSerialization } from 'apache-beam/serialization';
import { PrecedingWindow } from './preceding_window';
import { DropKey, DropTimestamp, KeyRoundRobin, reifiedTimestamp } from './reshuffle_fns';
import { CollectionReference, ListView, MultimapView, SingletonView } from './side_input_views';
import './windows';

requireForSerialization('funnelpulse/beam', {
  CollectionReference,
  DropKey,
  DropTimestamp,
  KeyRoundRobin,
  ListView,
  MultimapView,
  PrecedingWindow,
  reifiedTimestamp,
  SingletonView,
});
