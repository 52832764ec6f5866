/** `funnelpulse options`: every option of `run`, with its unit, its default and when to change it. */
import type { Argv, CommandModule } from 'yargs';
import { optionsMarkdown, optionsText } from '../option_text';

function build(argv: Argv) {
  return argv.option('markdown', {
    type: 'boolean',
    default: false,
    describe: 'Print them as Markdown, as docs/options.md has them',
  });
}

type OptionsArguments = Awaited<ReturnType<typeof build>['argv']>;

export const optionsCommand: CommandModule<object, OptionsArguments> = {
  command: 'options',
  describe: 'Print every option of run: unit, default, and when to change it',
  builder: build as never,
  handler: ({ markdown }) => {
    const width = Math.min(100, Math.max(40, process.stdout.columns ?? 100));
    process.stdout.write(markdown ? optionsMarkdown() : optionsText(width));
  },
};
