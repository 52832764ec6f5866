/** `funnelpulse replay`: event files as live traffic. */
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../io/input_error';
import { strictOptions } from '../option_values';
import type { OrderingKey } from '../replay/record_messages';
import { replayDepartures } from '../replay/replay_departures';
import { disturbanceOf, paceOf, REPLAY_OPTIONS } from '../replay/replay_options';
import { runSendCommand } from '../replay/send_command';
import { formatCount } from '../text';

function build(argv: Argv) {
  return argv
    .options(strictOptions(REPLAY_OPTIONS))
    .example(
      '$0 replay --input samples/ --topic local-test/events --speed 3600',
      'The sample, an hour a second',
    )
    .example(
      '$0 replay --input 2019-Oct.csv.gz --topic my-shop/events --rate 2000 --shuffle 10m --late-share 0.02 --duplicate-share 0.05',
      '2,000 messages a second, as messy as real ones',
    )
    .example(
      '$0 replay --input samples/ --out out/messages.ndjson --shuffle 30m',
      'Only look at what would be sent',
    )
    .epilogue(
      'Each record becomes a message: one JSON object with the record’s fields as they stand, attributes event_time and event_id, and its session as ordering key. A line that is no record is sent as it is. Set PUBSUB_EMULATOR_HOST to publish to an emulator. Ctrl-C stops: what was handed over is waited for, the summary is printed, and the exit code is 130 (143 after SIGTERM).',
    );
}

type ReplayArguments = Awaited<ReturnType<typeof build>['argv']>;

export const replayCommand: CommandModule<object, ReplayArguments> = {
  command: 'replay',
  describe: 'Publish event files to Pub/Sub as if they happened now, shuffled, late and twice if asked for',
  builder: build as never,
  handler: replay,
};

async function replay(args: ReplayArguments): Promise<void> {
  const { input, topic, out, loop, quiet, json } = args;
  if (topic === undefined && out === undefined)
    throw new InputError('where to? Give --topic PROJECT/TOPIC, or --out FILE to only look, or both');
  if (loop && topic === undefined)
    throw new InputError('--loop needs --topic: a file would grow without end');
  const disturbance = disturbanceOf(args);
  const orderingKey = args['ordering-key'] as OrderingKey;
  let rounds = 0;
  await runSendCommand({
    ...{ topic, out, quiet, json },
    pace: paceOf(args),
    departures: (signal, line) =>
      replayDepartures({
        ...{ inputs: input, disturbance, orderingKey, loop, signal },
        onSurvey: (lines) => line?.show(() => `${formatCount(lines)} records looked through`),
        onRound: (round) => {
          rounds = round;
        },
      }),
    more: () => ({ rounds }),
    moreLines: () => (loop ? [`  rounds     ${formatCount(rounds).padStart(12)}`] : []),
  });
}
