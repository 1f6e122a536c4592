/** The providers to choose from, as the options of a list. */
import type { Provider } from '../api.ts'

export function ProviderOptions({ providers }: { providers: readonly Provider[] }) {
  return (
    <>
      {providers.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </>
  )
}
