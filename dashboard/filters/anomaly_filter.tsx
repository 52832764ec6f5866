/** Which anomalies are listed, and in which order. */
import { ORDERS, STATUSES, TYPES } from '../location';
import { usePage } from '../page_context';
import { Choice } from './choice';

const STATUS_NAMES = { open: 'Open', retracted: 'Retracted', all: 'All' };
const TYPE_NAMES = { drop: 'Drops', spike: 'Spikes' };
const ORDER_NAMES = { time: 'Newest', risk: 'Most revenue at risk' };
const ANY = 'any';

export function AnomalyFilter() {
  const { place, go } = usePage();
  return (
    <fieldset>
      <legend>Anomalies</legend>
      <Choice
        label="Status"
        value={place.status}
        choices={STATUSES.map((status) => [status, STATUS_NAMES[status]])}
        onChoice={(status) => go({ ...place, status })}
      />
      <Choice
        label="Type"
        value={place.type ?? ANY}
        choices={[[ANY, 'Both'], ...TYPES.map((type) => [type, TYPE_NAMES[type]] as const)]}
        onChoice={(type) => go({ ...place, type: type === ANY ? null : type })}
      />
      <Choice
        label="First"
        value={place.order}
        choices={ORDERS.map((order) => [order, ORDER_NAMES[order]])}
        onChoice={(order) => go({ ...place, order })}
      />
    </fieldset>
  );
}
