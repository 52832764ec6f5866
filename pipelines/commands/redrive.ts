/** `funnelpulse redrive`: rejected records, repaired, once more. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../io/input_error';
import { topicName } from '../../io/pubsub/topic_name';
import { REJECT_REASONS } from '../../schema/events';
import { duckdbFile } from '../duckdb_file';
import { interruptible, StoppedError, stoppedBy } from '../interrupt';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { isComplete, type Redriven, redriveDeadLetters } from '../redrive/redrive_dead_letters';
import { parseSubstitution } from '../redrive/substitution';
import { type MessageTarget, openNdjson, openTopic } from '../replay/message_targets';
import { type OrderingKey, RecordMessages } from '../replay/record_messages';
import { TOPIC_OPTIONS } from '../replay/replay_options';
import { statusLine } from '../status_line';
import { formatCount } from '../text';

const REDRIVE_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output whose dead letters are tried again',
    unit: 'duckdb:FILE',
    change: 'Always given',
  },
  topic: {
    type: 'string',
    describe: 'Topic that the stream reads',
    unit: 'PROJECT/TOPIC or projects/PROJECT/topics/TOPIC',
    change: 'Always given, but with --dry-run',
  },
  reason: {
    type: 'string',
    choices: [...REJECT_REASONS, 'sink_refused'],
    describe: 'Only what was rejected for this reason',
    unit: 'reason',
    defaultDescription: 'all',
    change: 'Set it to repair one kind of mistake',
  },
  fix: {
    type: 'array',
    string: true,
    describe:
      'Changes to each payload before it is tried, in this order, as sed has them: s/pattern/replacement/',
    unit: 's/…/…/, one or more',
    defaultDescription: 'none',
    change: 'Set it to repair what was wrong with them. Quote it',
  },
  rest: {
    type: 'string',
    describe: 'File for those that would be dropped or rejected again, for a batch run',
    unit: 'NDJSON file, which is not there yet',
    defaultDescription: 'the output’s name with .rest.ndjson',
    change: 'Set it to put them elsewhere',
  },
  'dry-run': {
    type: 'boolean',
    default: false,
    describe: 'Only count: publish nothing, write nothing',
    unit: 'on or off',
    change: 'Set it first, to see what a fix would do',
  },
  ...TOPIC_OPTIONS,
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(REDRIVE_OPTIONS))
    .example(
      '$0 redrive --from duckdb:out/live.duckdb --reason bad_price --fix \'s/"price":"([0-9]+),([0-9]+)"/"price":"\\1.\\2"/\' --dry-run',
      'What would become of decimal commas, repaired',
    )
    .example(
      "$0 redrive --from duckdb:out/live.duckdb --topic my-shop/events --fix 's/pagee_view/page_view/'",
      'Publish again what still counts, the rest to out/live.rest.ndjson',
    )
    .epilogue(
      'A dead letter is published again where, after the fixes, it would be counted and the stream still takes events of its hour: its watermark is not yet beyond the hour’s end by the allowed lateness. All others go to --rest, which funnelpulse run --input reads. Patterns are JavaScript’s; & and \\1 stand for what was found and its groups; flags are g, i and m. Messages carry the dead letter’s identity as attribute redrive_of; doing it twice is harmless, as the second is a duplicate.',
    );
}

type RedriveArguments = Awaited<ReturnType<typeof build>['argv']>;

export const redriveCommand: CommandModule<object, RedriveArguments> = {
  command: 'redrive',
  describe: 'Try dead letters again: publish what still counts, keep the rest for a batch run',
  builder: build as never,
  handler: redrive,
};

/** Where the rest goes if nothing else was said. */
function defaultRest(file: string): string {
  const { dir, name, ext, base } = path.parse(file);
  return path.join(dir, `${ext === '.duckdb' ? name : base}.rest.ndjson`);
}

function redrive(args: RedriveArguments): Promise<void> {
  return interruptible((signal) => redriveUntil(args, signal));
}

async function redriveUntil(args: RedriveArguments, signal: AbortSignal): Promise<void> {
  const dryRun = args['dry-run'];
  const file = duckdbFile('from', args.from);
  if (args.topic === undefined && !dryRun)
    throw new InputError('--topic is missing: name the topic that the stream reads, or try with --dry-run');
  const name = args.topic === undefined ? null : topicName('topic', args.topic);
  const substitutions = (args.fix ?? []).map((text) => parseSubstitution('fix', String(text)));
  const restFile = args.rest ?? defaultRest(file);
  const complete = await isComplete(file);
  if (!dryRun && fs.existsSync(restFile))
    throw new InputError(
      `${restFile} is there already: it may hold records that nobody has run yet. Remove it, or name another file by --rest`,
    );
  const line = args.quiet || args.json ? null : statusLine();
  const opened: MessageTarget[] = [];
  const open = (target: MessageTarget): MessageTarget => {
    opened.push(target);
    return target;
  };
  let redriven: Redriven;
  try {
    // Where nothing can be published, no topic is asked for an answer.
    const topic = name === null || dryRun || complete ? null : open(await openTopic(name));
    const rest = dryRun ? null : open(openNdjson(restFile));
    redriven = await redriveDeadLetters({
      ...{ file, substitutions, topic, rest, signal },
      reason: args.reason ?? null,
      messages: new RecordMessages(args['ordering-key'] as OrderingKey),
      onProgress: ({ read, published }) =>
        line?.show(() => `${formatCount(read)} dead letters, ${formatCount(published)} published again`),
    });
    await topic?.finish();
    // A rest that is not whole would be taken for one that is.
    if (!signal.aborted && restOf(redriven) > 0) await rest?.finish();
  } finally {
    line?.end();
    for (const target of opened) await target.close();
  }
  const stopped = stoppedBy(signal);
  const hasRest = !dryRun && stopped === null && restOf(redriven) > 0;
  const summary = {
    ...redriven,
    rest: restOf(redriven),
    rest_file: hasRest ? restFile : null,
    ...{ topic: name, complete, dry_run: dryRun, stopped_by: stopped },
  };
  if (args.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (!args.quiet) process.stdout.write(`${summaryLines(summary).join('\n')}\n`);
  if (stopped !== null) throw new StoppedError(stopped);
}

function restOf({ late, rejected }: Redriven): number {
  return Object.values(rejected).reduce((sum, count) => sum + count, late);
}

interface RedriveSummary extends Redriven {
  readonly rest: number;
  readonly rest_file: string | null;
  readonly complete: boolean;
  readonly dry_run: boolean;
  readonly stopped_by: string | null;
}

function summaryLines(summary: RedriveSummary): string[] {
  const { read, changed, published, rest, late, rejected, rest_file, complete, dry_run, stopped_by } =
    summary;
  const row = (label: string, count: number, more = ''): string =>
    `  ${label.padEnd(18)} ${formatCount(count).padStart(12)}${more}`;
  const again = Object.entries(rejected).map(([reason, count]) => `${reason} ${formatCount(count)}`);
  const would = dry_run ? 'would be ' : '';
  return [
    `${stopped_by === null ? '' : `Stopped by ${stopped_by}: `}${formatCount(read)} dead letters, ${formatCount(changed)} changed by the fixes`,
    row(`${would}published`, published),
    row(dry_run ? 'would be rest' : 'rest', rest, rest_file === null ? '' : `  in ${rest_file}`),
    row(
      '  too late',
      late,
      complete && late > 0 ? '  (the run is complete: it takes no events any more)' : '',
    ),
    row('  still rejected', rest - late, again.length === 0 ? '' : `  (${again.join(', ')})`),
    ...(rest_file === null
      ? []
      : ['', `Run the rest with  funnelpulse run --input ${rest_file} --output duckdb:FILE`]),
    ...(stopped_by === null ? [] : ['', 'Do it again for all of them: what was published counts once']),
  ];
}
