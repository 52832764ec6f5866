/** What `funnelpulse run --runner dataflow --dry-run` writes. */
import '../../../beam/sdk';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Job } from '../../../runners/dataflow/job_schema';
import { funnelpulse } from '../../e2e/command_line';

export const IMAGE = 'europe-west1-docker.pkg.dev/my-shop/funnelpulse/worker:0.1.0';

const COMMON = [
  ...['--runner', 'dataflow', '--project', 'my-shop', '--region', 'europe-west1'],
  ...['--temp-location', 'gs://my-shop-tmp/funnelpulse', '--image', IMAGE],
  ...['--output', 'bigquery:my-shop.funnel'],
];
export const FILES = [...COMMON, '--input', 'gs://my-shop-raw/2019-*.csv'];
export const STREAM = [
  ...[...COMMON, '--input', 'pubsub://my-shop/events-sub'],
  ...['--timestamp-attribute', 'event_time'],
];

export interface DryRun {
  readonly job: Job;
  /** Bytes of pipeline.pb. */
  readonly proto: Uint8Array;
  readonly pipeline: runnerApi.Pipeline;
}

export async function dryRun(directory: string, args: readonly string[]): Promise<DryRun> {
  const { code, stderr } = await funnelpulse('run', ...args, '--dry-run', directory, '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const proto = readFileSync(join(directory, 'pipeline.pb'));
  const job = JSON.parse(readFileSync(join(directory, 'job.json'), 'utf8'));
  return { job, proto, pipeline: runnerApi.Pipeline.fromBinary(proto) };
}
