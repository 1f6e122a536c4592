/**
 * The models of a provider: what this hub knows of them, and what the provider itself lists when it
 * is asked.
 */
import { api, ask, type Provider } from '../../api.ts'
import { shortNumber } from '../../format.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { change, refresh, type Source, useResource } from '../../state/resource.ts'
import { modelsSource, providersSource } from '../../state/sources.ts'
import { ResourceView } from '../../parts/resource-view.tsx'
import { words } from '../../text/providers.ts'

type Model = Awaited<ReturnType<typeof readModels>>[number]

async function readModels(id: string, fromProvider: boolean) {
  const query = fromProvider ? { refresh: 'true' as const } : {}
  return (await ask(api.api.providers[':id'].models.$get({ param: { id }, query }))).data
}

/** What a custom provider lists is kept: it is offered wherever models are. */
async function keepModels(id: string) {
  return (await ask(api.api.providers[':id'].models.$post({ param: { id } }))).data
}

const columns: readonly Column<Model>[] = [
  { id: 'name', head: words.modelName, isName: true, cell: ({ id }) => <code>{id}</code> },
  {
    id: 'context',
    head: words.context,
    align: 'end',
    cell: ({ contextTokens }) => (contextTokens === null ? words.unknown : shortNumber(contextTokens)),
  },
  {
    id: 'price',
    head: words.price,
    align: 'end',
    cell: ({ price }) => (price ? words.priceOf(price.input, price.output) : words.unknown),
  },
]

export function ModelsDialog({
  provider: { id, name },
  mayKeep,
  onClosed,
}: {
  provider: Provider
  mayKeep: boolean
  onClosed: () => void
}) {
  const source: Source<Model[]> = { name: `models/${id}`, load: () => readModels(id, false) }
  const models = useResource(source)
  const announce = useAnnounce()
  const look = useAction(async () => {
    const listed = mayKeep ? await keepModels(id) : await readModels(id, true)
    change(source, () => listed)
    announce(words.listed(listed.length))
    if (mayKeep) await Promise.all([refresh(providersSource), refresh(modelsSource)])
  })
  return (
    <Dialog title={words.modelsOf(name)} onClosed={onClosed}>
      {(close) => (
        <>
          <p class="quiet">{mayKeep ? words.keepHint : words.refreshHint}</p>
          <ErrorNotice error={look.error} />
          <ResourceView resource={models}>
            {(data) =>
              data.length === 0 ? (
                <p>{words.noModels}</p>
              ) : (
                <div class="scrolled" tabIndex={0} role="region" aria-label={words.modelsOf(name)}>
                  <DataTable
                    caption={words.modelsOf(name)}
                    columns={columns}
                    rows={data}
                    keyOf={(model) => model.id}
                    step={50}
                  />
                </div>
              )
            }
          </ResourceView>
          <div class="actions">
            <button type="button" class="button" aria-disabled={look.busy} onClick={() => look.run()}>
              {words.refresh}
            </button>
            <button type="button" class="button primary" onClick={close}>
              {words.close}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
