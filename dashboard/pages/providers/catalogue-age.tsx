/** How old what this hub knows of models and prices is, and a warning where that is too old. */
import { useNow } from '../../state/clock.ts'
import { useResource } from '../../state/resource.ts'
import { catalogueSource } from '../../state/sources.ts'
import { words } from '../../text/providers.ts'

export function CatalogueAge() {
  const { data } = useResource(catalogueSource)
  const now = useNow('minute')
  if (!data) return null
  const { publishedAt, builtInAsOf, outdated } = data
  return (
    <>
      <p class="quiet">
        {publishedAt === null ? words.builtInTable(builtInAsOf) : words.publishedTable(publishedAt, now)}
      </p>
      {outdated.length > 0 && (
        <p class="row-reason tested-bad" role="status">
          {words.outdated(outdated.map(({ provider }) => provider))}
        </p>
      )}
    </>
  )
}
