import { SharedReader, type SharedReaderOptions } from '../../io/duckdb/shared_reader';
import { DUCKDB_QUESTIONS, sqlStore } from '../../serving/questions/store';
import type { Served } from '../../serving/served';

/** A DuckDB file that other processes write to, served. @param name as the user named it */
export function duckdbServed(name: string, file: string, options?: SharedReaderOptions): Served {
  const reader = new SharedReader(file, options);
  return {
    name,
    read: (questions) =>
      reader.use(({ ask, moment }) => questions({ ...sqlStore(DUCKDB_QUESTIONS, ask), moment })),
    onChange: (listener) => reader.onChange(listener),
    status: () => null,
    close: () => reader.close(),
  };
}
