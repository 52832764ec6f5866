/** A memory's file: whole whatever happens, and one process's at a time. */
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryFile } from '../../../io/alerts/memory_file';
import { InputError } from '../../../io/input_error';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'funnelpulse-memory-'));
  file = join(folder, 'a.alerts.json');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('what is written is read again; of many writes the last stands', async () => {
  const memory = MemoryFile.open(file);
  expect(memory.read()).toBeNull();
  await Promise.all(Array.from({ length: 20 }, (_, i) => memory.write(`text ${i}`)));
  await memory.close();
  expect(MemoryFile.ownedWith(file).read()).toBe('text 19');
  expect(fs.readdirSync(folder)).toEqual(['a.alerts.json']);
  expect(fs.statSync(file).mode & 0o077).toBe(0);
});

test('a second process is refused while the first is there, and takes over where it is gone', async () => {
  fs.writeFileSync(`${file}.lock`, `${process.ppid} ${hostname()}\n`);
  expect(() => MemoryFile.open(file)).toThrow(InputError);
  expect(() => MemoryFile.open(file)).toThrow(
    new RegExp(`a.alerts.json is in use by process ${process.ppid}: two .* would send twice`),
  );
  // No system gives out a number as large as this.
  fs.writeFileSync(`${file}.lock`, `2147483646 ${hostname()}\n`);
  const memory = MemoryFile.open(file);
  expect(() => MemoryFile.open(join(folder, 'b'))).not.toThrow();
  await memory.close();
  expect(fs.existsSync(`${file}.lock`)).toBe(false);
  fs.writeFileSync(`${file}.lock`, '1 another.example\n');
  expect(() => MemoryFile.open(file)).toThrow(/process 1 of another.example.*remove .*a.alerts.json.lock/);
});

test('a folder that is not there, or a file that is none', async () => {
  expect(() => MemoryFile.open(join(folder, 'no', 'a'))).toThrow(/cannot write .*no such file or directory/);
  fs.mkdirSync(file);
  const memory = MemoryFile.open(file);
  expect(() => memory.read()).toThrow(/cannot read .*is a directory/);
  await expect(memory.write('x')).rejects.toThrow(/cannot write .*a.alerts.json/);
  expect(fs.readdirSync(folder).sort()).toEqual(['a.alerts.json', 'a.alerts.json.lock']);
  await memory.close();
});
