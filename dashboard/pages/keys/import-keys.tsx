/** Imports many keys: pasted, reviewed line by line, then added. Skips problems and duplicates. */
import { useRef, useState } from 'preact/hooks'
import { api, type ApiError, ask, type Provider } from '../../api.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { ProviderOptions } from '../../parts/provider-options.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useResource } from '../../state/resource.ts'
import { keysChanged, keysSource, providersSource } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/keys.ts'

interface Asked {
  text: string
  provider?: string
  /** The providers that the user chose for single keys. */
  choices: { entry: number; provider: string }[]
}
type Answer = Awaited<ReturnType<typeof importKeys>>
type Line = Answer['lines'][number]

function importKeys(asked: Asked, apply: boolean) {
  return ask(api.api.keys.import.$post({ json: { ...asked, apply } }))
}

export function ImportKeysDialog({ onClosed }: { onClosed: () => void }) {
  const [asked, setAsked] = useState<Asked>({ text: '', choices: [] })
  const [preview, setPreview] = useState<Answer>()
  const announce = useAnnounce()
  const latest = useRef(asked)
  const look = useAction(async () => {
    let reviewed: Asked
    let answer: Answer
    do {
      reviewed = latest.current
      answer = await importKeys(reviewed, false)
      // A choice that was made during the review is reviewed next.
    } while (reviewed !== latest.current)
    setPreview(answer)
  })
  const onLook = (wanted: Asked): void => {
    latest.current = wanted
    setAsked(wanted)
    look.run()
  }
  const apply = useAction(async (close: () => void) => {
    const { counts } = await importKeys(asked, true)
    close()
    announce(words.imported(counts.added))
    await keysChanged()
  })
  return (
    <Dialog title={words.importTitle} onClosed={onClosed}>
      {(close) =>
        preview ? (
          <>
            <Preview
              answer={preview}
              choices={asked.choices}
              onChoose={(entry, provider) => {
                const others = asked.choices.filter((choice) => choice.entry !== entry)
                onLook({ ...asked, choices: [...others, ...(provider ? [{ entry, provider }] : [])] })
              }}
            />
            <ErrorNotice error={apply.error ?? look.error} />
            <div class="actions">
              <button type="button" class="button" onClick={() => setPreview(undefined)}>
                {words.importAgain}
              </button>
              {preview.counts.new > 0 && (
                <button
                  type="button"
                  class="button primary"
                  aria-disabled={apply.busy || look.busy}
                  onClick={() => apply.run(close)}
                >
                  {words.importApply(preview.counts.new)}
                </button>
              )}
            </div>
          </>
        ) : (
          <PasteForm asked={asked} busy={look.busy} error={look.error} onLook={onLook} close={close} />
        )
      }
    </Dialog>
  )
}

interface PasteFormProps {
  asked: Asked
  busy: boolean
  error: ApiError | undefined
  onLook: (asked: Asked) => void
  close: () => void
}

function PasteForm({ asked, busy, error, onLook, close }: PasteFormProps) {
  const providers = useResource(providersSource).data ?? []
  const read = (form: HTMLFormElement): Asked => {
    const provider = valueOf(form, 'provider')
    // Another text has other keys.
    return { text: valueOf(form, 'text'), ...(provider && { provider }), choices: [] }
  }
  return (
    <form onSubmit={onSubmit((form) => onLook(read(form)))}>
      <Field label={words.importText} name="text" hint={words.importHint} error={error}>
        {(control) => (
          <textarea
            {...control}
            class="paste"
            rows={8}
            required
            autofocus
            spellcheck={false}
            autocomplete="off"
            defaultValue={asked.text}
          />
        )}
      </Field>
      <Field label={words.importProvider} name="provider" error={error}>
        {(control) => (
          <select {...control}>
            <option value="">{words.importGuess}</option>
            <ProviderOptions providers={providers} chosen={asked.provider} />
          </select>
        )}
      </Field>
      <ErrorNotice error={error} fields={['text', 'provider']} />
      <div class="actions">
        <button type="button" class="button" onClick={close}>
          {text.cancel}
        </button>
        <button class="button primary" aria-disabled={busy}>
          {words.importPreview}
        </button>
      </div>
    </form>
  )
}

/** The order of the rows: those that need attention come first. */
const order = { problem: 0, duplicate: 1, new: 2, added: 3 } as const

interface PreviewProps {
  answer: Answer
  choices: Asked['choices']
  /** @param provider empty for the one that the hub detects. */
  onChoose: (entry: number, provider: string) => void
}

function Preview({ answer: { counts, lines }, choices, onChoose }: PreviewProps) {
  // A row stays in its place when its outcome changes.
  const [places] = useState(() =>
    lines.toSorted((a, b) => order[a.outcome] - order[b.outcome]).map(({ entry }) => entry),
  )
  const providers = useResource(providersSource).data ?? []
  const keys = useResource(keysSource).data
  const sameAs = ({ keyId, line }: NonNullable<Line['duplicateOf']>): string => {
    if (line !== null) return words.sameAsLine(line)
    const key = keys?.find(({ id }) => id === keyId)
    return words.sameAsKey(key ? (key.name ?? key.masked) : words.storedKey)
  }
  const columns: readonly Column<Line>[] = [
    { id: 'line', head: words.importLine, align: 'end', isName: true, cell: ({ line }) => line },
    {
      id: 'provider',
      head: words.provider,
      cell: ({ entry, line, provider, because }) => (
        <ProviderOfKey
          label={words.importProviderOf(line)}
          because={because}
          chosen={choices.find((choice) => choice.entry === entry)?.provider ?? provider}
          providers={providers}
          onChoose={(id) => onChoose(entry, id)}
        />
      ),
    },
    {
      id: 'key',
      head: words.importKey,
      cell: ({ masked, name }) => (
        <>
          {masked && <code>{masked}</code>} {name}
        </>
      ),
    },
    {
      id: 'outcome',
      head: words.importOutcome,
      cell: ({ outcome, duplicateOf, problem }) => (
        <>
          {words.outcomes[outcome]}
          {duplicateOf && `: ${sameAs(duplicateOf)}`}
          {problem && `: ${problem}`}
        </>
      ),
    },
  ]
  return (
    <>
      <p role="status">
        {words.importCounts(counts.new, counts.duplicate, counts.problem)}
        {counts.new === 0 && `. ${words.importNothing}`}
      </p>
      <div class="import-lines" tabIndex={0} role="region" aria-label={words.importCaption}>
        <DataTable
          caption={words.importCaption}
          columns={columns}
          rows={places.flatMap((entry) => lines[entry] ?? [])}
          keyOf={({ entry }) => String(entry)}
          step={50}
        />
      </div>
    </>
  )
}

interface ProviderOfKeyProps {
  label: string
  because: string | null
  chosen: string | null
  providers: readonly Provider[]
  onChoose: (id: string) => void
}

/** Lists all providers only after focus or pointer, because a thousand lists are slow to draw. */
function ProviderOfKey({ label, because, chosen, providers, onChoose }: ProviderOfKeyProps) {
  const [isReached, setReached] = useState(false)
  const reach = (): void => setReached(true)
  return (
    <select
      aria-label={label}
      title={because ?? undefined}
      onFocus={reach}
      onPointerEnter={reach}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      <option value="" selected={chosen === null}>
        {words.importUnknown}
      </option>
      <ProviderOptions
        providers={isReached ? providers : providers.filter(({ id }) => id === chosen)}
        chosen={chosen ?? undefined}
      />
    </select>
  )
}
