/** The command line itself is wrong: the message says where, and which help to read. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
}

/** What yargs says of a command line it can't take → the same for somebody who doesn't know yargs. */
export function usageError(message: string, args: readonly string[]): UsageError {
  // A coerce function's own message: it names the option.
  if (message.startsWith('--')) return new UsageError(message);
  const command = args.find((arg) => !arg.startsWith('-'));
  const help = `See funnelpulse ${command === undefined ? '' : `${command} `}--help`;
  const [, kind, list] =
    /^(Missing required|Unknown|Not enough)[a-z ]* arguments?[^:]*: (.*)$/.exec(message) ?? [];
  const names = unique((list ?? '').split(', '));
  if (kind === 'Missing required')
    return new UsageError(
      `${names.map(dashed).join(' and ')} ${names.length > 1 ? 'are' : 'is'} missing. ${help}`,
    );
  if (kind === 'Not enough') return new UsageError(`${names.map(dashed).join(', ')} needs a value. ${help}`);
  if (kind === 'Unknown') {
    const given = names.map((name) => args.find((arg) => isOption(arg, name)) ?? name);
    const [first] = given;
    if (first.startsWith('-')) return new UsageError(`there is no option ${first.split('=')[0]}. ${help}`);
    if (first === command) return new UsageError(`there is no command ${first}. See funnelpulse --help`);
    return new UsageError(`${JSON.stringify(first)} belongs to no option. ${help}`);
  }
  return new UsageError(`${message}. ${help}`);
}

function isOption(arg: string, name: string): boolean {
  return arg.startsWith('-') && arg.replace(/^-+/, '').split('=')[0] === name;
}

function dashed(name: string): string {
  return `--${name}`;
}

/** yargs names an option a second time in camelCase. */
function unique(names: readonly string[]): string[] {
  const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
  return names.filter((name, i) => !names.slice(0, i).some((earlier) => camel(earlier) === camel(name)));
}
