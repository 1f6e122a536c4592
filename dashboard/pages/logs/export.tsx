/** Downloads what is filtered: read page by page, and made into a file here. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Log } from '../../api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { mostExported, toCsv, toJson } from '../../state/log-export.ts'
import type { LogFilter } from '../../state/log-query.ts'
import { text } from '../../text.ts'
import { words } from '../../text/logs.ts'
import { readPage } from './source.ts'

/** As many as the hub gives at once. */
const rowsPerPage = '200'

const formats = {
  csv: { type: 'text/csv;charset=utf-8', write: toCsv },
  json: { type: 'application/json', write: toJson },
} as const
type Format = keyof typeof formats

export function ExportDialog({ filter, onClosed }: { filter: LogFilter; onClosed: () => void }) {
  const [read, setRead] = useState(0)
  const announce = useAnnounce()
  const left = useRef(new AbortController())
  useEffect(() => () => left.current.abort(), [])
  const download = useAction(async (format: Format, close: () => void) => {
    setRead(0)
    const { rows, names, more } = await collect(filter, left.current.signal, setRead)
    if (left.current.signal.aborted) return
    const { type, write } = formats[format]
    save(new Blob([write(rows, names)], { type }), `llm-hub-requests.${format}`)
    close()
    announce(more ? words.exportedSome(rows.length) : words.exported(rows.length))
  })
  return (
    <Dialog title={words.export} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{words.exportHint(mostExported)}</p>
          <p role="status" class="figures">
            {download.busy && words.reading(read)}
          </p>
          {download.busy && (
            <progress class="progress" max={mostExported} value={read} aria-label={words.export} />
          )}
          <ErrorNotice error={download.error} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            {(['json', 'csv'] as const).map((format) => (
              <button
                key={format}
                type="button"
                class={format === 'csv' ? 'button primary' : 'button'}
                aria-disabled={download.busy}
                onClick={() => download.run(format, close)}
              >
                {words.formats[format]}
              </button>
            ))}
          </div>
        </>
      )}
    </Dialog>
  )
}

/** The rows that fit, up to the most that a file holds, and whether there are more. */
async function collect(
  filter: LogFilter,
  signal: AbortSignal,
  onRead: (rows: number) => void,
): Promise<{ rows: Log[]; names: Record<string, string>; more: boolean }> {
  const rows: Log[] = []
  const names: Record<string, string> = {}
  let cursor: string | undefined
  do {
    const page = await readPage(filter, {
      limit: rowsPerPage,
      signal,
      ...(cursor !== undefined && { cursor }),
    })
    rows.push(...page.rows)
    Object.assign(names, page.names)
    onRead(Math.min(rows.length, mostExported))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && rows.length < mostExported && !signal.aborted)
  return {
    rows: rows.slice(0, mostExported),
    names,
    more: cursor !== undefined || rows.length > mostExported,
  }
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser has taken hold of it by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href))
}
