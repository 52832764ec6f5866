/** The rules of the house (docs/architecture.md), checked by walking the sources: who may import whom, what a worker must not load, how files are called and how long they get. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = join(__dirname, '..');

/** What each room may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  pipelines: ['transforms', 'io', 'runners', 'producers', 'serving', 'schema', 'beam'],
  transforms: ['schema', 'beam'],
  io: ['schema', 'beam'],
  runners: ['beam'],
  producers: ['schema', 'beam'],
  serving: ['schema'],
  dashboard: ['serving', 'schema'],
  schema: [],
  beam: [],
};

/** What each room within io may import besides itself and what lies beside the rooms: kinds of ends don't know one another, and share what is no one's in particular. */
const MAY_IMPORT_IN_IO: Record<string, readonly string[]> = {
  alerts: [],
  // It loads objects of Cloud Storage by itself.
  bigquery: ['gcs', 'staging', 'wire'],
  duckdb: ['staging'],
  files: ['gcs'],
  gcs: ['files'],
  pubsub: ['wire'],
  // What waits beside an output may wait there, too.
  staging: ['gcs'],
  wire: [],
};

/** Where worker threads begin to load: what they register, and what runs it. */
const WORKER_ENTRIES = [
  ['transforms/registration.ts'],
  ['io/registration.ts'],
  ['runners/local/worker_main.ts'],
  filesIn('runners/harness'),
];
/** Too heavy for a worker: the graph library with its cloud clients, and the database. */
const NOT_IN_WORKERS = ['beam/sdk.ts', 'apache-beam', '@duckdb/node-api'];

const MOST_LINES = 400;
const NAMES_THAT_SAY_NOTHING = /(^|[_/-])(utils?|helpers?|managers?|misc|common|stuff)([_/.-]|$)/i;

interface Import {
  /** A source file of the project, relative to its root, or a package or module of Node's. */
  readonly target: string;
  /** Runs when the file is loaded: no import of types only, and none within a function. */
  readonly atLoad: boolean;
}

/** TypeScript sources below a folder, relative to the root. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return file === 'transforms/kernel/assembly' ? [] : filesIn(file);
    return /\.tsx?$/.test(file) && !file.endsWith('.d.ts') ? [file] : [];
  });
}

function rooms(): string[] {
  return Object.keys(MAY_IMPORT).filter(
    (room) => statSync(join(ROOT, room), { throwIfNoEntry: false }) !== undefined,
  );
}

const sources = rooms().flatMap(filesIn);

type Node = { readonly type?: string } & Record<string, unknown>;

/** Every import of a file: declarations, re-exports, `import()`, `require()` and `require.resolve()`. */
function importsOf(file: string): Import[] {
  return importsIn(readFileSync(join(ROOT, file), 'utf8'), file);
}

function importsIn(text: string, file: string): Import[] {
  const found: Import[] = [];
  const add = (source: unknown, atLoad: boolean): void => {
    if (typeof source === 'string') found.push({ target: resolved(source, file), atLoad });
  };
  const visit = (value: unknown, inFunction: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, inFunction);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as Node;
    if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type ?? '')) {
      const specifiers = (node.specifiers ?? []) as { isTypeOnly?: boolean }[];
      const typesOnly = specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly);
      add((node.source as Node | null)?.value, !node.typeOnly && !typesOnly);
    } else if (node.type === 'CallExpression' && isLoading(node.callee as Node)) {
      const [first] = node.arguments as { expression: Node }[];
      // What is only resolved is loaded by others.
      const literal = first?.expression.type === 'StringLiteral' ? first.expression.value : undefined;
      add(literal, !inFunction && (node.callee as Node).type !== 'MemberExpression');
    } else if (node.type === 'TsImportType') {
      add((node.argument as Node).value, false);
    }
    const deeper =
      inFunction || /Function|^(Class|Private)Method$|^Constructor$|^MethodProperty$/.test(node.type ?? '');
    for (const child of Object.values(node)) visit(child, deeper);
  };
  visit(parseSync(text, { syntax: 'typescript', tsx: file.endsWith('.tsx'), target: 'es2022' }).body, false);
  return found;
}

function isLoading(callee: Node): boolean {
  if (callee.type === 'Import') return true;
  const name = callee.type === 'MemberExpression' ? (callee.object as Node).value : callee.value;
  return name === 'require';
}

/** The file that a relative import means; another import as it stands. */
function resolved(source: string, from: string): string {
  if (!source.startsWith('.')) return source;
  const path = join(dirname(from), source).replace(/\.js$/, '');
  const candidates = [`${path}.ts`, `${path}.tsx`, `${path}/index.ts`, path];
  const target = candidates.find((name) => statSync(join(ROOT, name), { throwIfNoEntry: false })?.isFile());
  if (target === undefined) throw new Error(`${from} imports ${source}, which is not there`);
  return relative(ROOT, join(ROOT, target));
}

const imports = new Map(sources.map((file) => [file, importsOf(file)]));

test('the walk sees every kind of import', () => {
  const text = `
    import type { A } from './a_type';
    import { type B } from './b_type';
    import { c } from './c';
    export * from './d';
    export type { E } from './e_type';
    const f = require('./f');
    const g = () => require('./g_later');
    const h = async () => import('./h_later');
    type I = typeof import('./i_type');
    const j = require.resolve('./j_later');
    class K { m() { return require('./k_later'); } }
    import './l';
  `.replaceAll('./', 'x/');
  const seen = importsIn(text, 'pipelines/none.ts');
  expect(seen.filter(({ atLoad }) => atLoad).map(({ target }) => target)).toEqual([
    'x/c',
    'x/d',
    'x/f',
    'x/l',
  ]);
  expect(seen.filter(({ atLoad }) => !atLoad).map(({ target }) => target)).toEqual(
    ['a_type', 'b_type', 'e_type', 'g_later', 'h_later', 'i_type', 'j_later', 'k_later'].map(
      (name) => `x/${name}`,
    ),
  );
});

test('every room has sources', () => {
  expect(rooms()).toEqual(
    expect.arrayContaining([
      'pipelines',
      'transforms',
      'io',
      'runners',
      'producers',
      'serving',
      'dashboard',
      'schema',
      'beam',
    ]),
  );
  for (const room of rooms()) expect(filesIn(room)).not.toHaveLength(0);
});

test.each(rooms())('%s imports only what lies below it', (room) => {
  const allowed = [room, ...MAY_IMPORT[room]];
  const wrong = filesIn(room).flatMap((file) =>
    imports
      .get(file)!
      .filter(
        ({ target }) =>
          /\.[a-z]+$/.test(target) && target.includes('/') && !target.startsWith('apache-beam/'),
      )
      .filter(({ target }) => !allowed.includes(target.split('/')[0]))
      .map(({ target }) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('each room of io has a rule', () => {
  const folders = readdirSync(join(ROOT, 'io'), { withFileTypes: true }).filter((each) => each.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(MAY_IMPORT_IN_IO).sort());
});

test.each(Object.keys(MAY_IMPORT_IN_IO))('io/%s imports no other kind of end', (room) => {
  const allowed = [room, ...MAY_IMPORT_IN_IO[room]];
  const wrong = filesIn(`io/${room}`).flatMap((file) =>
    imports
      .get(file)!
      .filter(({ target }) => target.startsWith('io/'))
      // Beside the rooms stand an error of the user and the like, and the list of all that workers register.
      .filter(({ target }) =>
        target.split('/').length > 2
          ? !allowed.includes(target.split('/')[1])
          : target === 'io/registration.ts',
      )
      .map(({ target }) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('everything imported from outside is declared in package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const packages = [...imports].flatMap(([file, list]) =>
    list
      .filter(({ target }) => !/\.tsx?$/.test(target) && !target.startsWith('node:'))
      .map(({ target }) => ({
        file,
        name: target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/'),
      })),
  );
  // What the dashboard needs is in its bundle: nobody installs it.
  const declaredFor = (file: string) =>
    file.startsWith('dashboard/') ? { ...dependencies, ...devDependencies } : dependencies;
  expect(packages.filter(({ file, name }) => !(name in declaredFor(file)))).toEqual([]);
  const used = new Set(packages.map(({ name }) => name));
  expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  expect(packages.filter(({ name }) => builtinModules.includes(name))).toEqual([]);
});

test.each(WORKER_ENTRIES)(
  'a worker that loads %s … loads neither graph library nor database',
  (...entries) => {
    const way = new Map<string, string[]>(entries.map((entry) => [entry, [entry]]));
    const open = [...entries];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const { target, atLoad } of imports.get(file) ?? []) {
        if (!atLoad || way.has(target)) continue;
        way.set(target, [...way.get(file)!, target]);
        open.push(target);
      }
    }
    expect(way.size).toBeGreaterThan(entries.length);
    const heavy = NOT_IN_WORKERS.filter((target) => way.has(target));
    expect(heavy.map((target) => way.get(target)!.join(' → '))).toEqual([]);
  },
);

test('what the dashboard loads runs in browsers: nothing of Node, and no packages but its two', () => {
  const loaded = new Set(filesIn('dashboard'));
  for (const file of loaded)
    for (const { target, atLoad } of imports.get(file) ?? []) if (atLoad) loaded.add(target);
  const outside = [...loaded].filter((target) => !/\.tsx?$/.test(target)).map((name) => name.split('/')[0]);
  expect([...new Set(outside)].sort()).toEqual(['echarts', 'preact']);
});

test('the harness knows no runner', () => {
  const wrong = filesIn('runners/harness').flatMap((file) =>
    imports
      .get(file)!
      .filter(({ target }) => /^runners\/(?!harness\/|[a-z_]+\.ts$)/.test(target))
      .map(({ target }) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('questions know no page', () => {
  const wrong = filesIn('serving/questions').flatMap((file) =>
    imports
      .get(file)!
      .filter(({ target }) => target.startsWith('serving/') && !target.startsWith('serving/questions/'))
      .map(({ target }) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('names say what is in a file', () => {
  const all = [...sources, ...filesIn('test')];
  expect(all.filter((file) => NAMES_THAT_SAY_NOTHING.test(file))).toEqual([]);
  expect(all.filter((file) => !/^[a-z0-9_]+(\.test)?\.tsx?$/.test(basename(file)))).toEqual([]);
});

test(`no file has more than ${MOST_LINES} lines`, () => {
  const long = [...sources, ...filesIn('test')]
    .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  expect(long).toEqual([]);
});
