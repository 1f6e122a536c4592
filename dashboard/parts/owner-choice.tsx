/** Whether a page shows a person's own, or everyone's, which only administrators may see. */
import { text } from '../text.ts'
import { Segments } from './segments.tsx'

interface WhoseChoiceProps {
  /** The label of the choice: "Owner". */
  legend: string
  value: 'mine' | 'everyone'
  onChange: (whose: 'mine' | 'everyone') => void
}

export function WhoseChoice({ legend, value, onChange }: WhoseChoiceProps) {
  return (
    <Segments
      name="whose"
      legend={legend}
      options={[
        { value: 'mine', label: text.whose.mine },
        { value: 'everyone', label: text.whose.everyone },
      ]}
      value={value}
      onChange={onChange}
    />
  )
}
