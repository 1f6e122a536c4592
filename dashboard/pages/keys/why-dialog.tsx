/** Why is this key used, or not? Asked for a model, without a call and without quota. */
import { useEffect, useState } from 'preact/hooks'
import { api, ask, type Key } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { RefusalWords } from '../../parts/refusal.tsx'
import { useAction } from '../../state/action.ts'
import { useResource } from '../../state/resource.ts'
import { keysSource, providersSource } from '../../state/sources.ts'
import { words } from '../../text/keys.ts'

export function WhyDialog({ item, onClosed }: { item: Key; onClosed: () => void }) {
  const [answer, setAnswer] = useState<Explained>()
  const explain = useAction(async (form?: HTMLFormElement) => {
    setAnswer(await ask(askWhy(item.id, form ? valueOf(form, 'model').trim() : '')))
  })
  // The question about the default model is what most people have.
  useEffect(() => explain.run(), [item.id])
  const provider = useResource(providersSource).data?.find(({ id }) => id === item.provider)
  return (
    <FormDialog
      title={words.whyHint(item.masked)}
      submit={words.whySubmit}
      action={explain}
      fields={['model']}
      leave={words.close}
      onClosed={onClosed}
    >
      <Field label={words.whyModel} name="model" optional hint={words.whyModelHint} error={explain.error}>
        {(control) => (
          <input
            {...control}
            list="why-models"
            placeholder={item.defaultModel ?? provider?.defaultModel}
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </Field>
      <datalist id="why-models">
        {provider?.models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <div role="status" class="verdict">
        {answer && <Answer answer={answer} />}
      </div>
    </FormDialog>
  )
}

type Explained = Awaited<ReturnType<Awaited<ReturnType<typeof askWhy>>['json']>>

function askWhy(id: string, model: string) {
  return api.api.keys[':id'].explain.$get({ param: { id }, query: { ...(model && { model }) } })
}

function Answer({ answer: { serves, goesFirst, refusal } }: { answer: Explained }) {
  const keys = useResource(keysSource).data
  if (serves) return <p class="good">{words.whyServes}</p>
  if (refusal)
    return (
      <p>
        <strong>{words.whyNot}</strong> <RefusalWords refusal={refusal} />
      </p>
    )
  if (goesFirst === null) return <p>{words.whyNext}</p>
  const other = keys?.find(({ id }) => id === goesFirst)
  return <p>{words.whyOther(other?.name ?? other?.masked ?? words.anotherKey)}</p>
}
