/** A labelled control of a form with its hint, and with the error that the hub gave it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import type { ApiError } from '../api.ts'
import { text } from '../text.ts'
import { messageOf } from './error-notice.tsx'
import { Words } from './words.tsx'

interface FieldProps {
  label: string
  /** As the API names it, so that an error finds its field. */
  name: string
  hint?: ComponentChildren
  optional?: boolean
  error: ApiError | undefined
  /** The control itself; it takes these attributes. */
  children: (control: ControlAttributes) => ComponentChildren
}

export interface ControlAttributes {
  id: string
  name: string
  'aria-invalid': boolean
  'aria-describedby': string
}

export function Field({ label, name, hint, optional = false, error, children }: FieldProps) {
  const id = useId()
  const mine = error?.param === name ? error : undefined
  useEffect(() => {
    if (mine) document.getElementById(id)?.focus()
  }, [id, mine])
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="quiet"> {text.optional}</span>}
      </label>
      {children({ id, name, 'aria-invalid': mine !== undefined, 'aria-describedby': `${id}-note` })}
      <p id={`${id}-note`} class={mine ? 'field-error' : 'hint'}>
        {mine ? <Words>{messageOf(mine)}</Words> : typeof hint === 'string' ? <Words>{hint}</Words> : hint}
      </p>
    </div>
  )
}

/** What was entered into a text field of a form. */
export function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value : ''
}

/** A submit handler that leaves sending to us. */
export function onSubmit(act: (form: HTMLFormElement) => void) {
  return (event: Event & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault()
    act(event.currentTarget)
  }
}
