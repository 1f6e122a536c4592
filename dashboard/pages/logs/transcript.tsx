/** What was sent and what came back, where the person who asked has it kept. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api, ask, type NamedLog, type Person, type TranscriptOf } from '../../api.ts'
import { moment } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { Segments } from '../../parts/segments.tsx'
import { type Source, useResource } from '../../state/resource.ts'
import { prettyJson, tailOf } from '../../state/transcript.ts'
import { words } from '../../text/logs.ts'

type Kept = NonNullable<TranscriptOf['transcript']>
type Side = Kept['request']
type Spoken = NonNullable<Side['spoken']>[number]

function transcriptSource(id: string): Source<TranscriptOf> {
  return {
    name: `logs/${id}/transcript`,
    load: () => ask(api.api.logs[':id'].transcript.$get({ param: { id } })),
  }
}

interface TranscriptProps {
  row: NamedLog
  person: Person
}

export function TranscriptCard(props: TranscriptProps) {
  return (
    <Card title={words.transcript} class="transcript">
      <Transcript {...props} />
    </Card>
  )
}

function Transcript({ row, person }: TranscriptProps) {
  if (row.owner !== person.id) return <p class="quiet">{words.othersTranscript}</p>
  if (person.keepTranscripts) return <Read id={row.id} />
  return (
    <p class="quiet">
      {words.noTranscripts} <a href="/settings">{words.keepThem}</a>
    </p>
  )
}

function Read({ id }: { id: string }) {
  const resource = useResource(useMemo(() => transcriptSource(id), [id]))
  return (
    <ResourceView resource={resource}>
      {({ transcript }) =>
        transcript ? (
          <>
            <SideView name="request" title={words.sent} side={transcript.request} />
            <SideView name="answer" title={words.got} side={transcript.answer} />
            <p class="hint">{words.keptUntil(moment(Date.parse(transcript.keptUntil)))}</p>
          </>
        ) : (
          <p class="quiet">{words.noTranscript}</p>
        )
      }
    </ResourceView>
  )
}

const shapes = ['spoken', 'raw'] as const

/** One side, as it reads or as it came. */
function SideView({ name, title, side }: { name: string; title: string; side: Side }) {
  const [shape, setShape] = useState<(typeof shapes)[number]>('spoken')
  const [whole, setWhole] = useState(false)
  const { text, leftOut, spoken } = side
  const { hidden, shown } = tailOf(spoken ?? [], whole)
  const isRead = spoken !== null && shape === 'spoken'
  const box = useRef<HTMLDivElement>(null)
  const showAll = (): void => {
    setWhole(true)
    // The button is gone then.
    box.current?.focus()
  }
  // What was asked stands at the end of what was sent, an answer at the beginning of what came.
  useLayoutEffect(() => {
    if (name === 'request' && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [name])
  return (
    <section class="transcript-side">
      <div class="transcript-head">
        <h3>{title}</h3>
        {spoken && (
          <Segments
            name={name}
            legend={words.shape(title)}
            options={shapes.map((value) => ({ value, label: words.shapes[value] }))}
            value={shape}
            onChange={setShape}
          />
        )}
        <CopyButton value={text} label={words.copySide(title)} />
      </div>
      {/* An agent's request holds everything that was said before. */}
      {isRead && hidden > 0 && (
        <button type="button" class="button small" onClick={showAll}>
          {words.earlier(hidden)}
        </button>
      )}
      <div ref={box} class="said" tabIndex={0} role="region" aria-label={title}>
        {isRead ? <Conversation spoken={shown} /> : <SaidText text={prettyJson(text)} isCode />}
      </div>
      {leftOut > 0 && <p class="hint">{words.leftOut(leftOut)}</p>}
    </section>
  )
}

function Conversation({ spoken }: { spoken: readonly Spoken[] }) {
  return (
    <ol class="conversation">
      {spoken.map(({ role, type, name, text }, index) => {
        const isCode = type === 'tool-call' || type === 'tool-result'
        return (
          // Counted from the end, at which nothing is added.
          <li key={index - spoken.length} class={`said-by-${role}`}>
            <p class="said-head">
              <strong>{words.roles[role]}</strong> {type !== 'text' && words.kinds[type]}{' '}
              {name !== null && <code>{name}</code>}
            </p>
            <SaidText text={isCode ? prettyJson(text) : text} isCode={isCode} />
          </li>
        )
      })}
    </ol>
  )
}

function SaidText({ text, isCode }: { text: string; isCode: boolean }) {
  if (text === '') return <p class="quiet">{words.silence}</p>
  return isCode ? <pre>{text}</pre> : <p>{text}</p>
}
