/** `funnelpulse serve`: an output for browsers and programs, over HTTP. */
import type { Argv, CommandModule } from 'yargs';
import { requireWhole, strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';

const SERVE_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output to serve; a file need not be there yet',
    unit: 'duckdb:FILE or bigquery:PROJECT.DATASET',
    change: 'Always given',
  },
  port: {
    type: 'number',
    default: 8380,
    describe: 'Port to listen at',
    unit: 'port; 0: any free one',
    change: 'Set it where another program has the port',
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    describe: 'Address to listen at. For any but this machine’s own, FUNNELPULSE_TOKEN has to be set',
    unit: 'name or address of this machine',
    change: '0.0.0.0 in a container, or where others shall ask',
  },
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'Log failures only',
    unit: 'on or off',
    change: 'Set it where a proxy logs requests already',
  },
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(SERVE_OPTIONS))
    .example('$0 serve --from duckdb:out/funnel.duckdb', 'Look at http://127.0.0.1:8380/ in a browser')
    .example("curl 'http://127.0.0.1:8380/v1/brands?limit=5'", 'Ask from a program; /docs has all questions')
    .example(
      'FUNNELPULSE_TOKEN=$(openssl rand -hex 24) $0 serve --from duckdb:out/funnel.duckdb --host 0.0.0.0',
      'For others, who need the token',
    )
    .epilogue(
      [
        'Runs may write to the output meanwhile. A file is open for reading only while somebody asks, and a run that waits goes first. Pages are told when the tables change: those of a dataset are looked at every 15 seconds while somebody looks at a page, and answers are kept until they change, since BigQuery charges for each question.',
        'FUNNELPULSE_TOKEN, at least 16 characters, is asked for wherever it is set: Authorization: Bearer TOKEN. Requests are logged to standard error as JSON, without what was asked for. Ctrl-C or SIGTERM ends it in order.',
      ].join('\n\n'),
    );
}

type ServeArguments = Awaited<ReturnType<typeof build>['argv']>;

export const serveCommand: CommandModule<object, ServeArguments> = {
  command: 'serve',
  describe: 'Serve an output over HTTP: a dashboard for people, questions and live events for programs',
  builder: build as never,
  handler: async ({ from, host, port, quiet }) => {
    // Loaded for this command only: the server's packages take a while.
    const { serveOutput } = require('../serving/serve_output') as typeof import('../serving/serve_output');
    await serveOutput({ from, host, port: requireWhole('port', port, 0, 65_535), quiet });
  },
};
