/** Says that numbers stand still, and of when they are. */
import type { Connection } from '../live';
import { clockText } from '../texts';

interface Props {
  readonly connection: Connection;
  /** When it was last asked what there is, milliseconds since 1970. */
  readonly asOf: number | null;
}

export function ConnectionBanner({ connection, asOf }: Props) {
  return (
    <div role="status" aria-live="polite">
      {connection.state !== 'lost' ? null : (
        <p class="banner">
          Connection lost at {clockText(connection.since)}.{' '}
          {asOf === null ? '' : `These are the numbers as of ${clockText(asOf)}. `}
          The page connects again by itself. If it stays so, see whether the server still runs.
        </p>
      )}
    </div>
  );
}
