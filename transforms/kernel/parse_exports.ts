import type { KernelExports } from './wasm';

/** The exports of the parser's kernel, see assembly/parse/index.ts. */
export interface ParseExports extends KernelExports {
  init(): void;
  capacity(): number;
  setColumns(
    time: number,
    type: number,
    product: number,
    categoryId: number,
    category: number,
    brand: number,
    price: number,
    user: number,
    session: number,
  ): void;
  setColumnCount(count: number): void;
  reserve(size: number): number;
  clear(): void;
  parse(from: number, end: number): number;
  recordsAt(): number;
  hoursAt(): number;
  millisAt(): number;
  othersAt(): number;
  otherLinesAt(): number;
  recordsFound(): number;
  othersFound(): number;
  linesFound(): number;
  reserveText(size: number): number;
  hashStart(seed: number): void;
  hashBlock(low1: number, high1: number, low2: number, high2: number): void;
  hashBytes(length: number): void;
  hashFinish(): number;
  shortHashStart(seed: number): void;
  shortHashWords(length: number): void;
  shortHashFinish(): number;
}
