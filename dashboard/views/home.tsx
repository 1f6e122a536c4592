/** The page of someone who is logged in: can I send now, and everything needed to. */
import { useState } from 'preact/hooks'
import type { Model, Person } from '../api.ts'
import { Mark } from '../parts/mark.tsx'
import { useArrival } from '../state/arrival.ts'
import { useHome } from '../state/home.ts'
import { text } from '../text.ts'
import { ConnectCard } from './connect.tsx'
import { KeysCard } from './keys.tsx'
import { Overview } from './overview.tsx'
import { TokensCard } from './tokens.tsx'
import { TryItCard } from './try-it.tsx'

interface HomePageProps {
  person: Person
  onLogout: () => Promise<void>
}

const sections = [
  ['keys', text.header.keys],
  ['tokens', text.header.tokens],
  ['try-it', text.header.tryIt],
  ['connect', text.header.connect],
] as const

export function HomePage({ person, onLogout }: HomePageProps) {
  const home = useHome()
  const main = useArrival<HTMLElement>(text.header.title)
  const [chosen, setChosen] = useState<string>()
  const [flowing, setFlowing] = useState(false)
  const model = chosen ?? defaultModel(home.models.data ?? [], home.keys.data?.length !== 0)
  return (
    <>
      <a class="skip" href="#keys-title">
        {text.header.skip}
      </a>
      <header class="top">
        <p class="brand">
          <Mark />
          {text.name}
        </p>
        <nav aria-label={text.header.sections}>
          {sections.map(([id, name]) => (
            <a key={id} href={`#${id}-title`}>
              {name}
            </a>
          ))}
        </nav>
        <p class="person">
          <span class="visually-hidden">{text.header.signedInAs} </span>
          <span class="person-name">{person.username ?? person.email}</span>
          <button type="button" class="button small" onClick={() => void onLogout()}>
            {text.header.logout}
          </button>
        </p>
      </header>
      <main ref={main} class="home">
        <Overview home={home} flowing={flowing} />
        <div class="column">
          <KeysCard home={home} />
          <TokensCard home={home} />
        </div>
        <div class="column">
          <TryItCard home={home} model={model} onModel={setChosen} onFlowing={setFlowing} />
          <ConnectCard model={model} />
        </div>
      </main>
    </>
  )
}

/** The route that any key can serve; without a key only the sandbox answers, where there is one. */
function defaultModel(models: readonly Model[], hasKeys: boolean): string {
  const sandbox = models.find(({ id }) => id === 'sandbox/echo')
  return (!hasKeys && sandbox?.id) || 'any'
}
