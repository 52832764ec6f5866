/**
 * Registers every function that the graph holds, under the name by which workers find it again: loaded by the graph's side and by every worker. No graph library in here.
 */
import '../beam/registration';
import '../beam/json_coder';
import '../beam/list_coder';
import './baseline/day_digest';
import './baseline/hour_brands_coder';
import './clean/event_batch_coder';
import './count/coders';
import './merge/sources_coder';
import { requireForSerialization } from 'apache-beam/serialization';
import { ScoreHour } from './anomalies/score_fn';
import { LatestVerdicts } from './anomalies/verdict_fn';
import { BuildBaseline, DigestHistory, DigestHour, hourTimestamp, TakeBrands } from './baseline/baseline_fn';
import { DigestDay, TrailingBaseline } from './baseline/trailing_fn';
import { CountRecords } from './count/count_fn';
import { DailyBrandRows, DailyCategoryRows, HourlyBrandRows, HourlyPriceBandRows } from './gold/gold_rows';
import { CheckLedger } from './ledger/check_ledger';
import { DeadLetterRows, KeyBySource } from './ledger/dead_letters';
import { BalanceLedger, EnterCount, EnterLate, EnterTally } from './ledger/ledger_fn';
import { BringTogether, JoinDays } from './ledger/whole_ledger';
import { MergeSources } from './merge/merge_fn';
import { DropKey, StampHour, StampSlot } from './merge/stamp_source';
import { batchTimestamp, KeyBatch, ParseChunks } from './parse/parse_fn';
import { KeySilver, SilverRows, silverTimestamp } from './silver/silver_fn';

requireForSerialization('funnelpulse/transforms', {
  BalanceLedger,
  batchTimestamp,
  BringTogether,
  BuildBaseline,
  CheckLedger,
  CountRecords,
  DailyBrandRows,
  DailyCategoryRows,
  DeadLetterRows,
  DigestDay,
  DigestHistory,
  DigestHour,
  DropKey,
  EnterCount,
  EnterLate,
  EnterTally,
  HourlyBrandRows,
  HourlyPriceBandRows,
  hourTimestamp,
  JoinDays,
  KeyBatch,
  KeyBySource,
  KeySilver,
  LatestVerdicts,
  MergeSources,
  ParseChunks,
  ScoreHour,
  SilverRows,
  silverTimestamp,
  StampHour,
  StampSlot,
  TakeBrands,
  TrailingBaseline,
});
