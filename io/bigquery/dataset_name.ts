/** A dataset by its full name, as outputs name it. */
export interface DatasetName {
  readonly project: string;
  readonly dataset: string;
}

/** A project's id, with the domain that old ones have, then the dataset's. */
const NAME = /^((?:[a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]*)\.([A-Za-z0-9_]{1,1024})$/;

/** The dataset in `PROJECT.DATASET`, or null where the text is no such name. */
export function parseDatasetName(text: string): DatasetName | null {
  const [, project, dataset] = NAME.exec(text) ?? [];
  return project === undefined ? null : { project, dataset };
}

/** A table of the dataset as SQL names it. */
export function qualified({ project, dataset }: DatasetName, table: string): string {
  return `\`${project}.${dataset}.${table}\``;
}

/** The dataset as messages name it. */
export function textOf({ project, dataset }: DatasetName): string {
  return `${project}.${dataset}`;
}
