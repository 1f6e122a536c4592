/** Ready snippets for the tools that will use this hub. */
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/choice.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Page } from '../parts/page.tsx'
import { choiceField, textField, useQuery } from '../state/query.ts'
import { useResource } from '../state/resource.ts'
import { isLoopback, snippet, tokenVariable, tools } from '../state/snippets.ts'
import { modelsSource } from '../state/sources.ts'
import { words } from '../text/connect.ts'
import { Arrived } from './connect/arrived.tsx'
import './connect.css'

const fields = { tool: choiceField(tools, 'curl'), model: textField() }
/** The route that any key can serve. */
const anyModel = 'any'

export default function ConnectPage() {
  const [query, setQuery] = useQuery(fields)
  const known = useResource(modelsSource).data ?? []
  const { tool } = query
  const model = query.model || anyModel
  const { origin } = location
  const code = snippet(tool, { origin, model })
  const { name, where, docs } = words.tools[tool]
  const models = new Set([anyModel, model, ...known.map(({ id }) => id)])
  return (
    <Page title={words.title} lede={words.lede} class="connect">
      <Card title={words.addresses}>
        <Address label={words.openai} copy={words.copyAddress} value={`${origin}/v1`} />
        <Address label={words.others} copy={words.copyOther} value={origin} />
        {isLoopback(origin) && <p class="hint">{words.onlyHere(location.hostname)}</p>}
      </Card>
      <Card title={words.snippetFor}>
        <div class="filters">
          <Choice
            label={words.tool}
            options={tools.map((value) => ({ value, label: words.tools[value].name }))}
            value={tool}
            onChange={(next) => setQuery({ tool: next })}
          />
          <Choice
            label={words.model}
            options={[...models].map((id) => ({ value: id, label: id }))}
            value={model}
            onChange={(next) => setQuery({ model: next === anyModel ? '' : next })}
          />
        </div>
        <p class="connect-where">{where}</p>
        <Snippet label={name} copy={words.copySnippet} value={code} />
        <p class="hint">
          {code.includes(tokenVariable) ? (
            <>
              {words.tokenHint} <code>{tokenVariable}</code>.
            </>
          ) : (
            words.tokenPaste
          )}{' '}
          <a href="/tokens?add">{words.makeToken}</a> ·{' '}
          <a href={docs} target="_blank" rel="noreferrer">
            {words.docs(name)}
            <span class="visually-hidden"> {words.newTab}</span>
          </a>
        </p>
      </Card>
      <Arrived />
    </Page>
  )
}

function Address({ label, ...snippetProps }: Omit<SnippetProps, 'oneLine'>) {
  return (
    <div class="connect-address">
      <p class="quiet">{label}</p>
      <Snippet label={label} oneLine {...snippetProps} />
    </div>
  )
}

interface SnippetProps {
  label: string
  copy: string
  value: string
  oneLine?: boolean
}

function Snippet({ label, copy, value, oneLine = false }: SnippetProps) {
  return (
    <div class={oneLine ? 'snippet one-line' : 'snippet'}>
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{value}</code>
      </pre>
      <CopyButton value={value} label={copy} />
    </div>
  )
}
