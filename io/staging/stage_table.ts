import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import type { Keyed } from '../../beam/combine';
import { JsonCoder } from '../../beam/json_coder';
import {
  flatten,
  groupByKey,
  KVCoder,
  P,
  type PCollection,
  windowInto,
  withCoderInternal,
  withName,
} from '../../beam/sdk';
import { named, type StepFn, step, type Transform } from '../../beam/step';
import { GlobalWindows } from '../../beam/windows';
import type { Row, Table } from '../../schema/table';
import { KeyPart, type Staged } from './stage_rows';
import type { StagingPlace } from './staging_place';

/** Rows of a table → staging files. Windows end here: what is staged belongs to the run. */
export function stageTable<T extends Table>(table: T, place: StagingPlace): Transform<Row<T>[], Staged> {
  return named(`Stage ${table.name}`, (rows: PCollection<Row<T>[]>) =>
    rows
      .apply(withName('All of time', windowInto(new GlobalWindows() as never)) as never)
      .apply(step('Write rows', place(table) as StepFn<unknown, Staged, unknown>) as never),
  ) as never;
}

/** All staged parts, grouped to one key → the step that publishes them. */
export function publishStaged(
  fn: StepFn<Keyed<Iterable<Staged>>, unknown, unknown>,
): (parts: PCollection<Staged>[]) => void {
  return (parts) => {
    const all: PCollection<Staged> = P(parts).apply(withName('All parts', flatten()) as never);
    all.apply(
      named('Publish', (staged: PCollection<Staged>) =>
        staged
          .apply(step('Key', new KeyPart()))
          .apply(
            withName(
              'Encode',
              withCoderInternal(new KVCoder(new StrUtf8Coder(), new JsonCoder<Staged>())),
            ) as never,
          )
          .apply(withName('Together', groupByKey()) as never)
          .apply(step('Switch tables', fn) as never),
      ) as never,
    );
  };
}
