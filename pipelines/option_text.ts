/** The declared options as text for a terminal and for docs/options.md. */
import { type DeclaredOption, OPTION_GROUPS } from './options';

/** What holds where the option is not given. */
export function defaultOf(option: DeclaredOption): string {
  if (option.defaultDescription !== undefined) return option.defaultDescription;
  if (option.demandOption) return 'required';
  return option.type === 'boolean' ? 'off' : String(option.default);
}

/** Every option of `run`, for a terminal of some width. */
export function optionsText(width: number): string {
  const groups = OPTION_GROUPS.map(({ title, options }) => {
    const entries = Object.entries(options).map(([name, option]) => {
      const lines = [
        ...wrapped(`${option.describe}.`, width - 4),
        ...wrapped(`When to change it: ${option.change}.`, width - 4),
      ];
      return [
        `  --${name}  (${option.unit}; ${defaultOf(option)})`,
        ...lines.map((line) => `    ${line}`),
      ].join('\n');
    });
    return `${title}\n\n${entries.join('\n\n')}`;
  });
  return `Options of funnelpulse run, each with its unit and default\n\n${groups.join('\n\n')}\n`;
}

/** The same as Markdown. */
export function optionsMarkdown(): string {
  const groups = OPTION_GROUPS.map(({ title, options }) => {
    const rows = Object.entries(options).map(
      ([name, option]) =>
        `| \`--${name}\` | ${cell(option.unit)} | ${cell(defaultOf(option))} | ${cell(option.describe)} | ${cell(option.change)} |`,
    );
    return `## ${title}\n\n| option | unit | default | what it does | when to change it |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Options of \`funnelpulse run\`\n\nWritten by \`funnelpulse options --markdown\` from pipelines/options.ts; change them there.\n\n${groups.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + 1 + word.length <= width) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
