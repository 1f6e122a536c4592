/** Ready snippets for the tools that will use this hub. */
import { CopyButton } from '../parts/copy-button.tsx'
import { Page } from '../parts/page.tsx'
import { Segments } from '../parts/segments.tsx'
import { choiceField, useQuery } from '../state/query.ts'
import { languages, snippet, tokenVariable } from '../state/snippets.ts'
import { words } from '../text/connect.ts'

export default function ConnectPage() {
  const [{ language }, setQuery] = useQuery({ language: choiceField(languages, 'curl') })
  const baseUrl = `${location.origin}/v1`
  const code = snippet(language, { baseUrl, model: 'any' })
  return (
    <Page title={words.title} lede={words.lede} class="connect">
      <div class="snippet one-line">
        <pre tabIndex={0} role="region" aria-label={words.address}>
          <code>{baseUrl}</code>
        </pre>
        <CopyButton value={baseUrl} label={words.copyAddress} />
      </div>
      <Segments
        name="language"
        legend={words.language}
        options={languages.map((value) => ({ value, label: words.languages[value] }))}
        value={language}
        onChange={(next) => setQuery({ language: next })}
      />
      <div class="snippet">
        <pre tabIndex={0} role="region" aria-label={words.languages[language]}>
          <code>{code}</code>
        </pre>
        <CopyButton value={code} label={words.copySnippet} />
      </div>
      <p class="hint">
        {words.tokenHint} <code>{tokenVariable}</code>. <a href="/tokens?add">{words.makeToken}</a>
      </p>
    </Page>
  )
}
