import { type Started, until } from '../product';

/** Where a stream that was started with `--serve` has its page, once it has said so. */
export async function servingOf(following: Started): Promise<string> {
  let said = '';
  following.process.stderr!.on('data', (text: Buffer | string) => {
    said += text;
  });
  await until(() => said.includes('dashboard: http'), following);
  return /dashboard: (\S+)/.exec(said)![1];
}
