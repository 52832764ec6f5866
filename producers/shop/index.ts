/** A synthetic cosmetics shop: events with the profile of a real one, and incidents whose truth is known. */
export { CHUNK_BYTES, type GeneratedShop, generateShop } from './generate';
export type { Incident } from './incidents';
export { LiveShop, type LiveShopOptions, ROW_COLUMNS } from './live';
export { DEFAULT_START, type ShopOptions } from './options';
export { type ShopProgress, type WriteShopOptions, type WrittenShop, writeShop } from './write';
