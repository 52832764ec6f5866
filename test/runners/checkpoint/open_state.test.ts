/** The store is a Map that survives, whatever keys and values; and a state is only gone on with by what made it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { openState, type StateIdentity, type StateStore } from '../../../runners/local/checkpoint';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const IDENTITY: StateIdentity = {
  stateId: 'shop',
  parameters: { shards: '4', slot: '60' },
  steps: { 'Count/Combine': 'aaaa', Merge: 'bbbb' },
};

const text = (value: string) => new Uint8Array(Buffer.from(value));
const entries = (state: StateStore, space: string) =>
  [...state.entries(space)].map(([key, value]) => [
    Buffer.from(key).toString(),
    Buffer.from(value).toString(),
  ]);

describe('a map that survives', () => {
  const SPACES = ['a', 'ab', 'a:b', 'ä', 'timers', 'x'.repeat(1024)];
  /** Keys on both sides of what lmdb takes, some of them with a common beginning. */
  const key = fc.oneof(
    fc.uint8Array({ maxLength: 3, max: 2 }),
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(
        fc.constantFrom(900, 951, 952, 953, 1972, 1973, 1974, 1975, 1976, 1977, 1978, 1979, 5000),
        fc.nat(2),
      )
      .map(([length, fill]) => new Uint8Array(length).fill(fill)),
  );
  const value = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.tuple(fc.nat(300_000), fc.nat(255)).map(([length, fill]) => new Uint8Array(length).fill(fill)),
  );
  const change = fc.record({
    space: fc.constantFrom(...SPACES),
    key,
    value: fc.option(value, { freq: 3 }),
  });
  const name = (space: string, bytes: Uint8Array) => `${space}/${Buffer.from(bytes).toString('hex')}`;

  test('holds what a Map holds after the same changes', async () => {
    let run = 0;
    const commits = fc.array(
      fc.record({ changes: fc.array(change, { maxLength: 12 }), reopen: fc.boolean() }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(commits, async (all) => {
        const place = join(folder, `${run++}`);
        let state = openState(place, IDENTITY);
        const model = new Map<string, string>();
        let number = 0;
        for (const { changes, reopen } of all) {
          expect(await state.commit(changes)).toBe(++number);
          for (const { space, key: bytes, value: held } of changes) {
            if (held === null) model.delete(name(space, bytes));
            else model.set(name(space, bytes), Buffer.from(held).toString('base64'));
          }
          if (reopen) {
            await state.close();
            state = openState(place, IDENTITY);
          }
          expect(state.commits).toBe(number);
          const found = SPACES.flatMap((space) =>
            [...state.entries(space)].map(([bytes, held]): [string, string] => [
              name(space, bytes),
              Buffer.from(held).toString('base64'),
            ]),
          );
          expect(found).toHaveLength(model.size);
          for (const [at, held] of found) if (model.get(at) !== held) throw new Error(`${at} differs`);
        }
        await state.close();
      }),
      { numRuns: 40 },
    );
  });

  test('what was read stays as it was when more is committed', async () => {
    const state = openState(join(folder, 'state'), IDENTITY);
    const set = (fill: number) =>
      state.commit(
        [10, 5000, 300_000].map((size) => ({
          space: 'a',
          key: new Uint8Array(size === 10 ? 2000 : 2).fill(size / 100),
          value: new Uint8Array(size).fill(fill),
        })),
      );
    await set(1);
    const before = [...state.entries('a')];
    for (let fill = 2; fill < 20; fill++) await set(fill);
    expect(before.flatMap(([, held]) => [...new Set(held)])).toEqual([1, 1, 1]);
    await state.close();
  });

  test('a commit that fails half-way changes nothing', async () => {
    const state = openState(join(folder, 'state'), IDENTITY);
    await state.commit([{ space: 'a', key: text('k'), value: text('1') }]);
    const changes = [
      { space: 'a', key: text('k'), value: text('2') },
      { space: '', key: text('k'), value: text('2') },
    ];
    await expect(state.commit(changes)).rejects.toThrow(RangeError);
    expect([state.commits, entries(state, 'a')]).toEqual([1, [['k', '1']]]);
    expect(await state.commit([])).toBe(2);
    await state.close();
    const again = openState(join(folder, 'state'), IDENTITY);
    expect([again.commits, entries(again, 'a')]).toEqual([2, [['k', '1']]]);
    await again.close();
  });
});

describe('a state is gone on with', () => {
  const refusal = async (identity: StateIdentity): Promise<string> => {
    const place = join(folder, 'state');
    await openState(place, IDENTITY).close();
    try {
      await openState(place, identity).close();
    } catch (error) {
      expect(error).toMatchObject({ name: 'StateError', exitCode: 2 });
      // A refusal doesn't keep the folder.
      await openState(place, IDENTITY).close();
      return (error as Error).message.replaceAll(folder, '').replaceAll('/state', 'DIR');
    }
    return 'gone on with';
  };

  test('by what made it, in whatever order it names things, with its id or without', async () => {
    expect(await refusal(IDENTITY)).toBe('gone on with');
    const { parameters, steps } = IDENTITY;
    const turned = Object.fromEntries(Object.entries(steps).reverse());
    expect(await refusal({ parameters, steps: turned })).toBe('gone on with');
  });

  test('not under another id', async () => {
    expect(await refusal({ ...IDENTITY, stateId: 'other' })).toBe(
      'DIR holds the state shop, not other. Name the folder of that one, name another --state, or delete DIR to begin anew',
    );
  });

  test('not with another parameter', async () => {
    expect(await refusal({ ...IDENTITY, parameters: { shards: '8', slot: '60' } })).toBe(
      'the state in DIR was made by another pipeline: the parameter “shards” was 4 and is 8. Go back to what made it, name another --state, or delete DIR to begin anew',
    );
  });

  test('not by another graph: the steps are named', async () => {
    expect(await refusal({ ...IDENTITY, steps: { 'Count/Combine': 'cccc', Score: 'dddd' } })).toMatch(
      'by another pipeline: the step “Count/Combine” was aaaa and is cccc, the step “Merge” is gone, the step “Score” is new. Go back',
    );
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`S${at}`, '1']));
    expect(await refusal({ ...IDENTITY, steps: many })).toMatch('and 19 more. Go back');
  });

  test('with an id of its own where none is given', async () => {
    const { parameters, steps } = IDENTITY;
    const [one, two] = ['1', '2'].map((name) => openState(join(folder, name), { parameters, steps }));
    expect(one.stateId).toMatch(/^[0-9a-f-]{36}$/);
    expect(two.stateId).not.toBe(one.stateId);
    await Promise.all([one.close(), two.close()]);
    const again = openState(join(folder, '1'), { parameters, steps });
    expect(again.stateId).toBe(one.stateId);
    await again.close();
  });

  test('once at a time in one process', async () => {
    const place = join(folder, 'state.of.the.shop');
    const state = openState(place, IDENTITY);
    expect(() => openState(place, IDENTITY)).toThrow(`in use by process ${process.pid}`);
    await state.commit([{ space: 'a', key: text('k'), value: text('1') }]);
    await state.close();
    const again = openState(place, IDENTITY);
    expect(entries(again, 'a')).toEqual([['k', '1']]);
    await again.close();
  });
});

describe('a folder that holds', () => {
  /** Whatever lies in the folder's store, by lmdb itself. */
  async function keep(place: string, key: string, value: string): Promise<void> {
    const database = open({ path: place, noSubdir: false, keyEncoding: 'binary', encoding: 'binary' });
    await database.put(Buffer.from(key), Buffer.from(value));
    await database.close();
  }
  const message = (place: string): string => {
    try {
      openState(place, IDENTITY);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2 });
      return (error as Error).message;
    }
    throw new Error('not refused');
  };

  test('other files is left alone', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(message(folder)).toMatch('it holds other files');
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  test.each(['probe', 'lock.mdb', 'probe lock.mdb'])(
    'only what a run leaves that is killed before it has a state is taken over: %s',
    async (left) => {
      for (const name of left.split(' ')) writeFileSync(join(folder, name), '');
      const state = openState(folder, IDENTITY);
      expect(state.commits).toBe(0);
      await state.close();
      expect(readdirSync(folder).sort()).toEqual(['data.mdb', 'lock.mdb']);
    },
  );

  test('a file of another program is refused', () => {
    writeFileSync(join(folder, 'data.mdb'), 'something else'.repeat(1000));
    expect(message(folder)).toMatch(/its data.mdb is not one of a state/);
    writeFileSync(join(folder, 'data.mdb'), 'short');
    expect(message(folder)).toMatch(/its data.mdb is not one of a state/);
  });

  test.each(['{"format":1,"stateId":"sh', '{"format":1}', '[]', 'null', ''])(
    'an identity that is torn is refused: %s',
    async (torn) => {
      await keep(folder, '\0identity', torn);
      expect(message(folder)).toMatch(/^cannot read the state in .*it does not say whose it is/);
    },
  );

  test('entries without an identity is refused', async () => {
    await keep(folder, 'k', 'v');
    expect(message(folder)).toMatch('it does not say whose it is');
  });

  test('a later format is refused, whatever it has', async () => {
    await keep(folder, '\0identity', '{"format":2,"graph":[]}');
    expect(message(folder)).toMatch('has format 2, this program reads format 1');
  });

  test('an empty file, left by a kill right at the start, is a new state', async () => {
    writeFileSync(join(folder, 'data.mdb'), '');
    const state = openState(folder, IDENTITY);
    expect(state.commits).toBe(0);
    await state.close();
  });

  test('or is, a file, is refused', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(message(file)).toMatch(/^cannot keep a state in .*(EEXIST|ENOTDIR)/);
    expect(message(join(file, 'below'))).toMatch(/^cannot keep a state in .*ENOTDIR/);
    mkdirSync(join(folder, 'data.mdb'));
    expect(message(folder)).toMatch(/^cannot keep a state in .*data.mdb is no file/);
  });
});
