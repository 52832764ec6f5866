/** What the overview is broken down by, and which brands, categories or price bands it is narrowed to. */
import type { Period } from '../../serving/questions/store';
import { DIMENSIONS, MOST_KEYS } from '../location';
import { usePage } from '../page_context';
import { Name } from '../parts/name';
import { Choice } from './choice';
import { DIMENSION_NAMES } from './dimension_names';
import { NameInput } from './name_input';
import { suggestFrom } from './suggest';

export function DimensionFilter({ shown }: { readonly shown: Period | null }) {
  const { place, go } = usePage();
  const { by, keys } = place;
  const add = (name: string): void => {
    if (name !== '' && !keys.includes(name)) go({ ...place, keys: [...keys, name].slice(0, MOST_KEYS) });
  };
  return (
    <fieldset>
      <legend>Lines</legend>
      <Choice
        label="By"
        value={by}
        choices={DIMENSIONS.map((each) => [each, DIMENSION_NAMES[each]])}
        onChoice={(chosen) => go({ ...place, by: chosen, keys: [] })}
      />
      {by === 'shop' || keys.length >= MOST_KEYS ? null : (
        <NameInput
          key={by}
          label={`Only this ${DIMENSION_NAMES[by]}`}
          button="Add"
          suggest={suggestFrom(by, shown)}
          onName={add}
          isCleared
        />
      )}
      {keys.length === 0 ? null : (
        <ul class="chosen">
          {keys.map((key) => (
            <li key={key}>
              <button
                type="button"
                onClick={() => go({ ...place, keys: keys.filter((each) => each !== key) })}
              >
                <span class="unseen">Remove </span>
                <Name text={key} /> <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
