#!/usr/bin/env node
/** The command line: parses, runs one command, and is the only place where an error becomes an exit code. */
import yargs from 'yargs';
import { alertCommand } from './commands/alert';
import { baselineCommand } from './commands/baseline';
import { dataflowCommand } from './commands/dataflow';
import { generateCommand } from './commands/generate';
import { inspectCommand } from './commands/inspect';
import { joinCommand } from './commands/join';
import { optionsCommand } from './commands/options';
import { redriveCommand } from './commands/redrive';
import { replayCommand } from './commands/replay';
import { reportCommand } from './commands/report';
import { runCommand } from './commands/run';
import { serveCommand } from './commands/serve';
import { describeFailure } from './failure';
import { packageVersion } from './package_version';
import { usageError } from './usage_error';

const COMMAND_LINE = {
  // The second of two equal options is no correction but a mistake, see strictOptions; `--a.b` is a name.
  'duplicate-arguments-array': true,
  'dot-notation': false,
};

async function main(args: readonly string[]): Promise<number> {
  try {
    await yargs([...args])
      .scriptName('funnelpulse')
      .locale('en')
      .parserConfiguration(COMMAND_LINE)
      .usage(
        '$0 COMMAND\n\nConversion funnels of online shops, hour by hour: views, carts, purchases, and the hours that were unlike the others.',
      )
      .command(runCommand)
      .command(baselineCommand)
      .command(generateCommand)
      .command(replayCommand)
      .command(inspectCommand)
      .command(reportCommand)
      .command(serveCommand)
      .command(alertCommand)
      .command(redriveCommand)
      .command(joinCommand)
      .command(dataflowCommand)
      .command(optionsCommand)
      .demandCommand(args.length === 0 ? 0 : 1, 'no command was given')
      .strict()
      .version(packageVersion())
      .wrap(Math.min(120, process.stdout.columns ?? 120))
      .fail((message, error) => {
        if (error !== undefined && error !== null && error.name !== 'YError') throw error;
        throw usageError(message ?? error.message, args);
      })
      .parseAsync(args.length === 0 ? ['--help'] : [...args]);
    return 0;
  } catch (error) {
    const { message, exitCode } = describeFailure(error);
    if (message !== '') process.stderr.write(`funnelpulse: ${message}\n`);
    return exitCode;
  }
}

// A reader like `head` has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
