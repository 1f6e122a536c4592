/** How old what this hub knows of models and prices is, and a warning where that is too old. */
import { api, ask } from '../../api.ts'
import { useNow } from '../../state/clock.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/providers.ts'

type Catalogue = Awaited<ReturnType<typeof readCatalogue>>

const readCatalogue = () => ask(api.api.providers.catalogue.$get())

const source: Source<Catalogue> = { name: 'catalogue', load: readCatalogue }

export function CatalogueAge() {
  const { data } = useResource(source)
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
