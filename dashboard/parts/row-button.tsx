/**
 * An action on one of many items. Its text is the verb, and its label for screen readers adds the
 * item.
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
