#!/usr/bin/env node
/** The command line: parses, runs one command, and is the only place where an error becomes an exit code. */
import yargs from 'yargs';
import { runCommand } from './commands/run';
import { describeFailure } from './failure';

async function main(args: readonly string[]): Promise<number> {
  try {
    await yargs([...args])
      .scriptName('funnelpulse')
      .usage(
        '$0 COMMAND\n\nConversion funnels of online shops, hour by hour: views, carts, purchases, and the hours that were unlike the others.',
      )
      .command(runCommand)
      .demandCommand(1, 'Which command? See funnelpulse --help')
      .strict()
      .wrap(Math.min(120, process.stdout.columns ?? 120))
      .fail((message, error) => {
        throw error ?? new UsageError(message);
      })
      .parseAsync();
    return 0;
  } catch (error) {
    const { message, exitCode } = describeFailure(error);
    if (message !== '') process.stderr.write(`funnelpulse: ${message}\n`);
    return exitCode;
  }
}

/** The command line itself is wrong. */
class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
}

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
