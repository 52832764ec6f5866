import type { EventField } from '../../schema/events';

/** Fields that the parser's kernel packs, in its order; records that have others as well are for the host. */
export const PACKED_FIELDS: readonly EventField[] = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];
