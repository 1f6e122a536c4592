/** What a free tier is said to be, when and where, and what its provider asks for it. */
import type { Provider } from '../../api.ts'
import { words } from '../../text/keys.ts'

export function PresetTerms({
  preset: { limits, asOf, source, terms },
}: {
  preset: Provider['presets'][number]
}) {
  return (
    <p class="hint">
      {words.presetSays(limits.length, asOf)} {terms}{' '}
      <a href={source} target="_blank" rel="noreferrer">
        {words.presetSource}
        <span class="visually-hidden"> {words.newTab}</span>
      </a>
    </p>
  )
}
