/** Documentation of terraform/ is what the files say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TERRAFORM } from './terraform_modules';

const { readme } = require('../../scripts/terraform-docs.js') as { readme(name: string): Promise<string> };

const MODULES = join(TERRAFORM, 'modules');

test.each(readdirSync(MODULES))('the README of %s is what scripts/terraform-docs.js writes', async (name) => {
  const text = readFileSync(join(MODULES, name, 'README.md'), 'utf8');
  expect(text).toBe(await readme(name));
  expect(text).toMatch(
    /^# [a-z]+\n\n[A-Z][\s\S]*```hcl\n[\s\S]*\n```\n[\s\S]*## Variables\n[\s\S]*## Outputs\n/,
  );
});

test.each(['terraform/README.md', 'docs/cost.md', 'docs/roles.md', 'docs/dataflow.md'])(
  'links in %s lead somewhere',
  (file) => {
    const text = readFileSync(join(TERRAFORM, '..', file), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link);
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !existsSync(join(TERRAFORM, '..', file, '..', link)))).toEqual([]);
  },
);

test('terraform/README.md names every module and environment', () => {
  const text = readFileSync(join(TERRAFORM, 'README.md'), 'utf8');
  for (const kind of ['modules', 'environments'])
    for (const name of readdirSync(join(TERRAFORM, kind))) expect(text).toContain(`${kind}/${name}`);
});

test.each(['terraform/README.md', 'docs/cost.md', 'docs/dataflow.md', 'CONTRIBUTING.md'])(
  'make has what %s tells to make',
  (file) => {
    const [makefile, text] = ['Makefile', file].map((name) =>
      readFileSync(join(TERRAFORM, '..', name), 'utf8'),
    );
    const targets = new Set([...makefile.matchAll(/^([a-z-]+):/gm)].map(([, target]) => target));
    const told = [...text.matchAll(/(?:^|`)make ([a-z-]+)/gm)].map(([, target]) => target);
    expect(told).not.toHaveLength(0);
    expect(told.filter((target) => !targets.has(target))).toEqual([]);
  },
);
