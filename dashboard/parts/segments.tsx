/**
 * One of a few choices that are all in sight: radio buttons of the browser's own, dressed as one
 * control.
 */
interface SegmentsProps<Value extends string> {
  /** Groups the buttons; unlike that of any other group on the page. */
  name: string
  /** What is chosen, for those who hear it. */
  legend: string
  options: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}

export function Segments<Value extends string>({
  name,
  legend,
  options,
  value,
  onChange,
}: SegmentsProps<Value>) {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
