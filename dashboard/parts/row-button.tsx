/**
 * What can be done with one of many things: the verb is seen, and those who hear it alone are told
 * with what.
 */
interface RowButtonProps {
  verb: string
  /** The verb with its object. */
  label: string
  onClick: () => void
}

export function RowButton({ verb, label, onClick }: RowButtonProps) {
  return (
    <button type="button" class="button small" aria-label={label} onClick={onClick}>
      {verb}
    </button>
  )
}
