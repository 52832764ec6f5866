/** What it takes to have a local server that stands in for one of Google's. */
export interface StandIn<S extends { stop(): Promise<void> }> {
  readonly isThere: boolean;
  /** A sentence for whom it is missing to. */
  readonly howToGetIt: string;
  start(): Promise<S>;
  /** Variables by which the product finds it. */
  environment(server: S): Readonly<Record<string, string>>;
}

/**
 * Tests that need a server: one is started before the first of them and stopped after the last. Where it is missing, they are skipped with a sentence that says how to get it; with the environment variable CI they
 * fail.
 *
 * @param body given a function that returns the server; for use within tests
 */
export function describeWithServer<S extends { stop(): Promise<void> }>(
  name: string,
  standIn: StandIn<S>,
  body: (server: () => S) => void,
): void {
  if (!standIn.isThere && !process.env.CI) {
    process.stderr.write(`Skipped: ${name}. ${standIn.howToGetIt}\n`);
    describe.skip(name, () => body(() => undefined as never));
    return;
  }
  describe(name, () => {
    const before = new Map<string, string | undefined>();
    let server: S | undefined;
    beforeAll(async () => {
      server = await standIn.start();
      for (const [variable, value] of Object.entries(standIn.environment(server))) {
        before.set(variable, process.env[variable]);
        process.env[variable] = value;
      }
    });
    afterAll(async () => {
      for (const [variable, value] of before) {
        if (value === undefined) delete process.env[variable];
        else process.env[variable] = value;
      }
      await server?.stop();
    });
    body(() => server!);
  });
}
