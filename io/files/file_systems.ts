/** Which file system an input is of: its form decides. */
import { cloudStorage } from '../gcs/cloud_storage';
import { isObjectPath } from '../gcs/object_path';
import type { FileSystem } from './file_system';
import { localFiles } from './local_files';

export function fileSystemOf(path: string): FileSystem {
  return isObjectPath(path) ? cloudStorage : localFiles;
}
