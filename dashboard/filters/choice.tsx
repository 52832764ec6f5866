/** One of a few. */
interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  /** Values and what people call them. */
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoice: (value: T) => void;
}

export function Choice<T extends string>({ label, value, choices, onChoice }: Props<T>) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value as T)}>
        {choices.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
