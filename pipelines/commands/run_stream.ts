/** `funnelpulse run --input pubsub://…`: live traffic in, tables that follow it out, until it is stopped or the traffic is over. */
import { PUBSUB_READ_URN } from '../../beam/pubsub_read';
import { InputError } from '../../io/input_error';
import { readMessages } from '../../io/pubsub/read_messages';
import { SubscriptionSource } from '../../io/pubsub/subscription_source';
import { topicName } from '../../io/pubsub/topic_name';
import { startWorkers } from '../../runners/local/worker_thread';
import { EVENT_TIME_ATTRIBUTE } from '../../schema/message_attributes';
import { messageTime } from '../../transforms/parse/message_time';
import { chooseStreamBaseline } from '../baseline_choice';
import { besideStream } from '../beside_stream';
import { executeStream } from '../execute_stream';
import { interruptible } from '../interrupt';
import { parseDuration, parseSize, requireWhole } from '../option_values';
import { chooseStreamOutput } from '../outputs/choose_output';
import { funnelOptions, type RunArguments } from '../run_arguments';
import { type SourceStatus, StreamStatus } from '../stream_status';
import { subscriptionName } from '../subscription';
import { printSummary } from '../summary_text';
import { WORKER_PATH } from '../worker_path';

/** Follows the subscription until it is drained or over. */
export function runStream(args: RunArguments): Promise<void> {
  return interruptible((drain) => follow(args, drain));
}

async function follow(args: RunArguments, drain: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const subscription = subscriptionOf(args);
  const output = chooseStreamOutput(args);
  const state = args.state ?? output.state;
  const options = funnelOptions(args, startedAt);
  const timestampAttribute = args['timestamp-attribute'] ?? EVENT_TIME_ATTRIBUTE;
  const deadLetterTopic = args['dead-letter-topic'];
  let outage: SourceStatus['outage'] = null;
  const source = new SubscriptionSource({
    subscription,
    timestampAttribute,
    eventTimeOf: messageTime(),
    onOutage: (now) => {
      outage = now;
    },
    watermark: {
      memoryMs: parseDuration('watermark-memory', args['watermark-memory']),
      slackMs: parseDuration('watermark-slack', args['watermark-slack']),
      maxJumpMs: parseDuration('max-watermark-jump', args['max-watermark-jump']),
      whenIdle: args['when-idle'] as 'advance' | 'hold' | 'finish',
      idleTimeoutMs: parseDuration('idle-timeout', args['idle-timeout']),
    },
  });
  const baseline = await chooseStreamBaseline({
    baseline: args.baseline ?? 'trailing',
    history: args.history,
    minViews: options.minBaselineViews,
    output,
    allowedLatenessMs: options.windowing.allowedLatenessMs,
  });
  const status = new StreamStatus(() => ({ unacked: source.statistics.unacked, outage }));
  const workerCount = requireWhole('workers', args.workers ?? 0, 0, 256);
  const beside = await besideStream(args, {
    ...{ output, status, state, startedAt, allowedLatenessMs: options.windowing.allowedLatenessMs },
  });
  const workers = startWorkers(workerCount, [], WORKER_PATH);
  try {
    const runId = await executeStream({
      source: readMessages({ subscription, timestampAttribute }),
      sources: { [PUBSUB_READ_URN]: () => source },
      input: args.input.join(' '),
      funnel: {
        ...options,
        parse: {
          ...options.parse,
          maxFutureSkewMs: parseDuration('max-future-skew', args['max-future-skew']),
        },
      },
      baseline,
      output,
      replace: args.replace,
      state,
      commitEveryMs: parseDuration('commit-every', args['commit-every']),
      workers,
      drain,
      mostStateBytes: parseSize('max-state', args['max-state']),
      ...(deadLetterTopic !== undefined && {
        deadLetterTopic: topicName('dead-letter-topic', deadLetterTopic),
      }),
      ...beside.told,
    });
    beside.endLine();
    if (args.quiet && !args.json) return;
    const summary = await output.summary(runId, {
      seconds: (Date.now() - startedAt) / 1000,
      bytes: status.numbers().bytes,
      currencies: [],
    });
    if (args.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else printSummary(summary, output.name, output.example);
  } finally {
    await beside.end();
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** The subscription's full name. @throws InputError where the input is no subscription, or options are given that only files have */
function subscriptionOf(args: RunArguments): string {
  const [input] = args.input;
  const subscription = subscriptionName(input);
  const refused = [
    ...(args.silver ? ['--silver'] : []),
    ...(args.export !== undefined ? ['--export'] : []),
    ...(args.now !== undefined ? ['--now'] : []),
    ...(args.runner !== 'local' ? ['--runner'] : []),
    ...(args['job-endpoint'] !== undefined ? ['--job-endpoint'] : []),
  ];
  if (refused.length > 0)
    throw new InputError(`${refused.join(' and ')} can't be had of a stream, which has no end: leave it out`);
  return subscription;
}
