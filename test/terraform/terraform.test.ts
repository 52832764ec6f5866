/** terraform/ by Terraform itself: format, `validate`, and `terraform test`, against a provider that knows the arguments and makes nothing. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SchemaProvider } from './schema_provider';
import { TERRAFORM } from './terraform_modules';
import { describeWithTerraform, TerraformCopy } from './terraform_program';

const folders = ['modules', 'environments'].flatMap((kind) =>
  readdirSync(join(TERRAFORM, kind)).map((name) => `${kind}/${name}`),
);
const tested = folders.filter((folder) => existsSync(join(TERRAFORM, folder, 'tests')));

const INIT = ['init', '-backend=false', '-input=false', '-no-color'];

describeWithTerraform('terraform', () => {
  let provider: SchemaProvider;
  let copy: TerraformCopy;

  beforeAll(async () => {
    provider = await SchemaProvider.start();
    copy = new TerraformCopy(provider.reattach);
  });

  afterAll(() => {
    copy.remove();
    provider.stop();
  });

  test('fmt has nothing to change', async () => {
    expect(await copy.run('.', 'fmt', '-check', '-recursive', '-no-color')).toEqual({ code: 0, text: '' });
  });

  test.each(folders)('validate %s', async (folder) => {
    expect(await copy.run(folder, ...INIT)).toMatchObject({
      code: 0,
    });
    const { code, text } = await copy.run(folder, 'validate', '-no-color');
    expect(text).toContain('Success! The configuration is valid.');
    expect(code).toBe(0);
  });

  test('every module and environment has tests', () => {
    expect(tested).toEqual(folders);
  });

  test.each(tested)('test %s', async (folder) => {
    expect(await copy.run(folder, ...INIT)).toMatchObject({
      code: 0,
    });
    const { code, text } = await copy.run(folder, 'test', '-no-color');
    expect(text).toMatch(/Success! \d+ passed, 0 failed\./);
    expect(code).toBe(0);
  });

  describe('with a fault in a file', () => {
    const file = 'modules/pubsub/main.tf';
    let right: string;
    let broken: TerraformCopy;

    beforeAll(async () => {
      broken = new TerraformCopy(provider.reattach);
      right = readFileSync(join(broken.root, file), 'utf8');
      expect(await broken.run('modules/pubsub', ...INIT)).toMatchObject({ code: 0 });
    });

    afterAll(() => broken.remove());

    function change(from: string, to: string): void {
      expect(right.split(from).length).toBeGreaterThan(1);
      writeFileSync(join(broken.root, file), right.replace(from, to));
    }

    test('validate fails for an argument that does not exist', async () => {
      change('enable_message_ordering', 'message_ordering');
      const { code, text } = await broken.run('modules/pubsub', 'validate', '-no-color');
      expect([code, text]).toEqual([
        1,
        expect.stringContaining('An argument named "message_ordering" is not expected'),
      ]);
    });

    test('validate fails for an attribute where a block stands', async () => {
      change('expiration_policy {\n    ttl = ""\n  }', 'expiration_policy = [{ ttl = "" }]');
      const { code, text } = await broken.run('modules/pubsub', 'validate', '-no-color');
      expect([code, text]).toEqual([1, expect.stringContaining('Unsupported argument')]);
    });

    test('test fails for a policy that diverts messages', async () => {
      change(
        'enable_message_ordering = false',
        'dead_letter_policy {\ndead_letter_topic = google_pubsub_topic.dead_letters.id\n}',
      );
      const { code, text } = await broken.run('modules/pubsub', 'test', '-no-color');
      expect([code, text]).toEqual([1, expect.stringContaining('must not divert messages')]);
    });
  });
});
