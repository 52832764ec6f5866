/** What a running stream says of itself, each second. */
import type { ComponentChildren } from 'preact';
import { countText, momentText } from '../../serving/numbers';
import type { PipelineStatus } from '../../serving/served';
import { usePage } from '../page_context';
import { bytesText, durationText, hasBegun, rateText } from '../texts';
import { useClock } from '../use_clock';

export function StreamStatus() {
  const { status, coverage } = usePage();
  return (
    <section>
      <h2>Now</h2>
      {status === null ? (
        <p>
          This process writes nothing: it shows {coverage.source} as others write it. A stream shows how it is
          going here when it is started with <code>--serve PORT</code>.
        </p>
      ) : (
        <Numbers status={status} />
      )}
    </section>
  );
}

function Numbers({ status }: { readonly status: PipelineStatus }) {
  const { outage_since, is_full } = status;
  return (
    <>
      {outage_since === null ? null : (
        <p class="notice" role="alert">
          The source can’t be reached since {momentText(outage_since)}. The stream goes on by itself when it
          can.
        </p>
      )}
      {is_full ? (
        <p class="notice" role="alert">
          The state has reached its largest size: nothing is read until hours expire. A larger{' '}
          <code>--max-state</code> gives it room.
        </p>
      ) : null}
      <dl class="cards">
        <Card name="Events">{rateText(status.rate)}</Card>
        <Card name="Watermark behind the clock">
          <Lag watermark={status.watermark} />
        </Card>
        <Card name="Read since the start">{countText(status.read)}</Card>
        <Card name="Too late">{countText(status.late_dropped)}</Card>
        <Card name="Not acknowledged yet">{countText(status.unacked)}</Card>
        <Card name="Open windows">{countText(status.open_windows)}</Card>
        <Card name="State">{bytesText(status.state_bytes)}</Card>
        <Card name="Rows written">{countText(status.rows_written)}</Card>
        <Card name="Writes">{countText(status.flushes)}</Card>
        <Card name="Last write took">{`${countText(Math.round(status.last_flush_ms))} ms`}</Card>
      </dl>
      <p class="faint">
        Complete up to{' '}
        {status.watermark === null || !hasBegun(status.watermark)
          ? 'nothing yet'
          : momentText(status.watermark)}
        .
      </p>
    </>
  );
}

function Card({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="card">
      <dt>{name}</dt>
      <dd class="figure">{children}</dd>
    </div>
  );
}

/** It grows while nothing comes, of which the stream says nothing. */
function Lag({ watermark }: Pick<PipelineStatus, 'watermark'>) {
  const now = useClock();
  return <>{watermark === null || !hasBegun(watermark) ? '–' : durationText(now - watermark)}</>;
}
