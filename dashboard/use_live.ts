/** {@link listen} in a component. */
import { useEffect, useState } from 'preact/hooks';
import type { PipelineStatus } from '../serving/served';
import { coverage } from './api';
import { type Connection, listen } from './live';
import { WORLD } from './world';

export interface Live {
  readonly connection: Connection;
  /** The version of the tables that was heard of last; null before any. */
  readonly version: string | null;
  readonly status: PipelineStatus | null;
}

/** @param isWanted nothing is connected before */
export function useLive(isWanted: boolean): Live {
  const [live, setLive] = useState<Live>({
    connection: { state: 'connecting' },
    version: null,
    status: null,
  });
  useEffect(() => {
    if (!isWanted) return undefined;
    const world = { ...WORLD, open: () => new EventSource('/v1/live'), probe: () => coverage() };
    return listen(world, {
      onTables: (version) => setLive((before) => ({ ...before, version })),
      onStatus: (status) => setLive((before) => ({ ...before, status })),
      onConnection: (connection) => setLive((before) => ({ ...before, connection })),
    });
  }, [isWanted]);
  return live;
}
