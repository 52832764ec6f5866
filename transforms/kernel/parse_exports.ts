import type { KernelExports } from './wasm';

/** The exports of the parser's kernel, see assembly/parse/index.ts. */
export interface ParseExports extends KernelExports {
  init(): void;
  clear(): void;
  capacity(): number;
  reserve(size: number): number;
  recordsAt(): number;
  hoursAt(): number;
  millisAt(): number;
  othersAt(): number;
  otherLinesAt(): number;
  recordsFound(): number;
  othersFound(): number;
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
  parseLines(from: number, end: number): number;
  linesFound(): number;
  addName(level: number, length: number, below: number): number;
  boundsAt(): number;
  latestAt(): number;
  announcedAt(): number;
  setApart(milliseconds: number): void;
  parseObjects(count: number): void;
  apartFound(): number;
  scan(length: number): number;
  valueStartsAt(): number;
  valueEndsAt(): number;
  seenNames(): number;
  wasAscii(): number;
  reserveText(size: number): number;
  hashStart(seed: number): void;
  hashBlock(low1: number, high1: number, low2: number, high2: number): void;
  hashBytes(length: number): void;
  hashFinish(): number;
  shortHashStart(seed: number): void;
  shortHashWords(length: number): void;
  shortHashFinish(): number;
}
