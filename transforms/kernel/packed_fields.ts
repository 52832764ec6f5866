import { EVENT_FIELDS, type EventField } from '../../schema/events';

/** Fields that the parser's kernel packs, in its order: an event's first nine. Records that have others as well are for the host. */
export const PACKED_FIELDS: readonly EventField[] = EVENT_FIELDS.slice(
  0,
  EVENT_FIELDS.indexOf('user_session') + 1,
);
