/** A field for a name of the data, with suggestions while one types. */
import { useId, useRef, useState } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly button: string;
  readonly initial?: string;
  /** Names that begin so; asked again as the text changes. */
  readonly suggest: (prefix: string) => Promise<readonly string[]>;
  /** @param name empty where the field was */
  readonly onName: (name: string) => void;
  /** Whether the field is for one name after another. */
  readonly isCleared?: boolean;
}

export function NameInput({ label, button, initial = '', suggest, onName, isCleared = false }: Props) {
  const list = useId();
  const [suggestions, setSuggestions] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef('');

  const suggestFor = (text: string): void => {
    latest.current = text;
    suggest(text).then(
      (names) => {
        if (latest.current === text) setSuggestions(names);
      },
      // A field without suggestions still takes a name; what is wrong is said by the view.
      () => setSuggestions([]),
    );
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const field = input.current;
    if (field === null) return;
    onName(field.value.trim().toLowerCase());
    if (isCleared) field.value = '';
  };
  return (
    <form class="name" onSubmit={submit}>
      <label>
        {label}
        <input
          ref={input}
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          list={list}
          defaultValue={initial}
          onFocus={(event) => suggestFor(event.currentTarget.value)}
          onInput={(event) => suggestFor(event.currentTarget.value)}
        />
      </label>
      <datalist id={list}>
        {suggestions.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button type="submit">{button}</button>
    </form>
  );
}
