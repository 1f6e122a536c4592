/** The providers to choose from, as the options of a list. */
import type { Provider } from '../api.ts'

interface ProviderOptionsProps {
  providers: readonly Provider[]
  /** The id of the one that is chosen at first. */
  chosen?: string | undefined
}

export function ProviderOptions({ providers, chosen }: ProviderOptionsProps) {
  return (
    <>
      {providers.map(({ id, name }) => (
        <option key={id} value={id} selected={id === chosen}>
          {name}
        </option>
      ))}
    </>
  )
}
