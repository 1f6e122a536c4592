/** Ready snippets for the tools that will use this hub. */
import { useState } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { languages, snippet, tokenVariable, type Language } from '../state/snippets.ts'
import { text } from '../text.ts'

export function ConnectCard({ model }: { model: string }) {
  const [language, setLanguage] = useState<Language>('curl')
  const baseUrl = `${location.origin}/v1`
  const code = snippet(language, { baseUrl, model })
  return (
    <Card id="connect" title={text.connect.title}>
      <p>{text.connect.lede}</p>
      <div class="snippet one-line">
        <pre tabIndex={0} role="region" aria-label={text.connect.address}>
          <code>{baseUrl}</code>
        </pre>
        <CopyButton value={baseUrl} label={text.connect.copyAddress} />
      </div>
      <fieldset class="segments">
        <legend class="visually-hidden">{text.connect.language}</legend>
        {languages.map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="language"
              value={option}
              checked={option === language}
              onChange={() => setLanguage(option)}
            />
            <span>{text.connect.languages[option]}</span>
          </label>
        ))}
      </fieldset>
      <div class="snippet">
        <pre tabIndex={0} role="region" aria-label={text.connect.languages[language]}>
          <code>{code}</code>
        </pre>
        <CopyButton value={code} label={text.connect.copySnippet} />
      </div>
      <p class="hint">
        {text.connect.tokenHint} <code>{tokenVariable}</code>.
      </p>
    </Card>
  )
}
