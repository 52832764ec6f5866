/** Which brand is looked at. */
import type { Period } from '../../serving/questions/store';
import { usePage } from '../page_context';
import { NameInput } from './name_input';
import { suggestFrom } from './suggest';

export function BrandFilter({ shown }: { readonly shown: Period | null }) {
  const { place, go } = usePage();
  return (
    <fieldset>
      <legend>Brand</legend>
      <NameInput
        key={place.brand ?? ''}
        label="Name"
        button="Show"
        initial={place.brand ?? ''}
        suggest={suggestFrom('brand', shown)}
        onName={(name) => go({ ...place, brand: name === '' ? null : name })}
      />
      {place.brand === null ? null : (
        <button type="button" onClick={() => go({ ...place, brand: null })}>
          All brands
        </button>
      )}
    </fieldset>
  );
}
