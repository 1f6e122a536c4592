/**
 * What a page is asked to show, as typed fields of its address:
 *
 *     const [query, setQuery] = useQuery({ provider: textField(), span: choiceField(['1h', '24h'], '24h') })
 *
 * A field at its default is left out of the address, and what makes no sense there counts as the
 * default.
 */
import { navigate, readAddress, useAddress } from './address.ts'
import { type Fields, readQuery, writeQuery } from './query-fields.ts'

export { choiceField, flagField, textField } from './query-fields.ts'
export { spanField } from './span.ts'

/**
 * Returns the fields' values, and a function that changes some of them. A change replaces the
 * present address, or adds a step to the history (`push`). `fields` must be constant.
 */
export function useQuery<Values extends object>(
  fields: Fields<Values>,
): [Values, (change: Partial<Values>, options?: { push?: boolean }) => void] {
  const { search } = useAddress()
  const change = (values: Partial<NoInfer<Values>>, { push = false } = {}): void => {
    const { path, search: present } = readAddress()
    const written = writeQuery(fields, present, values)
    navigate(written ? `${path}?${written}` : path, { replace: !push })
  }
  return [readQuery(fields, search), change]
}
