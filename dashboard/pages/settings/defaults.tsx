/** Caps that new people and new tokens get, and those of access without a token. */
import { api, ask, type Settings } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import { CapsFields, capsFieldNames, useCapsForm } from '../../parts/caps-fields.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { toCaps, toNumber } from '../../state/caps-form.ts'
import { useResource } from '../../state/resource.ts'
import { readShare, shareText } from '../../state/shares.ts'
import { settingsSource } from '../../state/sources.ts'
import { words as capsWords } from '../../text/caps.ts'
import { words } from '../../text/settings.ts'
import { words as shareTerms } from '../../text/shares.ts'

export function DefaultsCard() {
  const settings = useResource(settingsSource)
  return (
    <Card title={words.defaults}>
      <p class="hint">{words.defaultsHint}</p>
      <ResourceView resource={settings}>
        {(data) => (
          <>
            <CapsForm name="personDefaults" settings={data} onSaved={settings.reload} />
            <CapsForm name="tokenDefaults" settings={data} onSaved={settings.reload} />
            <CapsForm name="openAccessCaps" settings={data} onSaved={settings.reload} />
          </>
        )}
      </ResourceView>
    </Card>
  )
}

interface CapsFormProps {
  /** The setting, as the API names it. */
  name: 'personDefaults' | 'tokenDefaults' | 'openAccessCaps'
  settings: Settings
  onSaved: () => Promise<void>
}

/** Fields that only one of the forms has, as the API names them. */
const days = 'tokenDefaults.expiresInDays'
const share = 'personDefaults.maxShare'

function CapsForm({ name, settings, onSaved }: CapsFormProps) {
  const announce = useAnnounce()
  const caps = useCapsForm(settings[name], `${name}.`)
  const save = useAction(async (form: HTMLFormElement) => {
    const entered = toCaps(caps.read(form))
    const json =
      name === 'openAccessCaps'
        ? { openAccessCaps: entered }
        : name === 'tokenDefaults'
          ? { tokenDefaults: { ...entered, expiresInDays: toNumber(valueOf(form, days)) } }
          : { personDefaults: { ...entered, maxShare: readShare(valueOf(form, share)) } }
    await ask(api.api.settings.$patch({ json }))
    announce(words.defaultsSaved)
    await onSaved()
  })
  const { error } = save
  const { title, hint } = words.capsOf[name]
  return (
    <details class="more">
      <summary>{title}</summary>
      <form class="narrow" onSubmit={onSubmit(save.run)}>
        {name === 'openAccessCaps' && (
          <CapsBars budget={settings.openAccessCaps.budget} state={settings.openAccessState} />
        )}
        <CapsFields form={caps} budgetHint={capsWords.budgetHint} limitsHint={hint} error={error} />
        {name === 'tokenDefaults' && (
          <Field label={words.expiresInDays} name={days} optional error={error}>
            {(control) => (
              <input
                {...control}
                type="number"
                min={1}
                max={3_650}
                step={1}
                defaultValue={settings.tokenDefaults.expiresInDays ?? undefined}
              />
            )}
          </Field>
        )}
        {name === 'personDefaults' && (
          <Field
            label={shareTerms.shareField}
            name={share}
            optional
            hint={shareTerms.shareHint}
            error={error}
          >
            {(control) => (
              <input
                {...control}
                type="number"
                min={0.01}
                max={100}
                step="any"
                defaultValue={shareText(settings.personDefaults.maxShare)}
              />
            )}
          </Field>
        )}
        <ErrorNotice error={error} fields={[days, share, ...capsFieldNames(`${name}.`)]} />
        <button class="button primary" aria-disabled={save.busy} aria-label={words.saveOf(title)}>
          {words.save}
        </button>
      </form>
    </details>
  )
}
