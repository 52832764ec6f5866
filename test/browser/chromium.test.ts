/** What tests of pages rely on: the browser sees what a page does wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seriousViolations } from './axe';
import { describeWithBrowser, visit } from './chromium';

describeWithBrowser('the browser of tests', (browser) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-chromium-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function pageOf(markup: string): string {
    const file = join(folder, 'page.html');
    writeFileSync(file, `<!doctype html><html lang="en"><title>x</title>${markup}</html>`);
    return pathToFileURL(file).href;
  }

  test('it sees errors, breaches of the policy and requests to others', async () => {
    const other = createServer((_, response) => response.end('x'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const seen = await visit(
      browser(),
      pageOf(
        `<img alt="" src="http://127.0.0.1:${port}/a.png"><script>console.error('said'); null.x;</script>`,
      ),
    );
    expect(seen.foreign).toEqual([`http://127.0.0.1:${port}/a.png`]);
    expect(seen.complaints).toEqual(['said', expect.stringMatching(/^TypeError/)]);
    await seen.close();
    other.close();
    const barred = await visit(
      browser(),
      pageOf(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><script>x</script>`),
    );
    expect(barred.complaints).toEqual([expect.stringMatching(/Content Security Policy/)]);
    expect(barred.foreign).toEqual([]);
    await barred.close();
  });

  test('axe works under the strictest policy, and finds what is hard to see', async () => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
    const faint = await visit(
      browser(),
      pageOf(`${policy}<main><h1 style="color:#ccc;background:#fff">Revenue</h1></main>`),
    );
    expect(await seriousViolations(faint.page)).toEqual([expect.stringMatching(/^color-contrast: /)]);
    await faint.close();
    const clear = await visit(browser(), pageOf(`${policy}<main><h1>Revenue</h1></main>`));
    expect(await seriousViolations(clear.page)).toEqual([]);
    expect(clear.complaints).toEqual([]);
    await clear.close();
  });
});
