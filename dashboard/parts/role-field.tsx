/** A choice of the role of a user. */
import { type Role, roles } from '../../src/domain/roles.ts'
import type { ApiError } from '../api.ts'
import { Field, valueOf } from './field.tsx'

interface RoleFieldProps {
  label: string
  /** What each is called where it is asked. */
  names: Record<Role, string>
  error: ApiError | undefined
}

export function RoleField({ label, names, error }: RoleFieldProps) {
  return (
    <Field label={label} name="role" error={error}>
      {(control) => (
        <select {...control}>
          {roles.map((role) => (
            <option key={role} value={role}>
              {names[role]}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** The role that was chosen in a form. */
export function roleOf(form: HTMLFormElement): Role {
  return valueOf(form, 'role') === 'admin' ? 'admin' : 'user'
}
