/**
 * A table of items of one kind, drawn in steps. On a phone each row is a card. Explicit roles keep
 * it a table for screen readers, because the style sheet removes the native ones.
 */
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useSlices } from '../state/idle.ts'
import { useIsNarrow } from '../state/media.ts'
import { text } from '../text.ts'

export interface Column<Row> {
  id: string
  head: string
  cell: (row: Row) => ComponentChildren
  /** Figures stand at the end of their column. */
  align?: 'end'
  /** Names the row: its head, and where its link is. Exactly one column does. */
  isName?: true
}

interface DataTableProps<Row> {
  /** What is listed, for those who hear it. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Where a row leads; the whole row then can be clicked. */
  hrefOf?: (row: Row) => string
  /** A class for a row, to tell by colour what its cells tell in words. */
  classOf?: (row: Row) => string
  /** How many rows are drawn at first, and how many more each time. */
  step?: number
}

/** Cards are drawn bit by bit: at first a little more than a phone shows. */
const cards = 25

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, hrefOf, classOf, step = 100 } = props
  const [steps, setSteps] = useState(1)
  const shown = Math.min(rows.length, steps * step)
  // All rows of a table decide how broad its columns are; cards do not move one another.
  const drawn = useSlices(shown, useIsNarrow() ? cards : shown)
  const hidden = rows.length - shown
  const end = useRef<HTMLParagraphElement>(null)
  const showMore = (): void => {
    setSteps(steps + 1)
    // The button that has focus is about to go.
    if (hidden <= step) end.current?.focus()
  }
  return (
    <>
      <table class="table" role="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ id, head, align }) => (
              <th key={id} scope="col" role="columnheader" class={align && 'align-end'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" onKeyDown={hrefOf && moveAmongLinks}>
          {rows.slice(0, drawn).map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              class={[classOf?.(row), hrefOf && 'linked'].filter(Boolean).join(' ')}
            >
              {columns.map((column) => (
                <Cell key={column.id} column={column} row={row} href={hrefOf?.(row)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > step && (
        <p ref={end} class="table-more" tabIndex={-1}>
          {hidden > 0 && (
            <button type="button" class="button" onClick={showMore}>
              {text.table.more(Math.min(step, hidden))}
            </button>
          )}
          <span class="quiet">{text.table.shown(shown, rows.length)}</span>
        </p>
      )}
    </>
  )
}

/**
 * Up, Down, Home and End lead from the link of one row to that of another; Tab goes through them
 * one by one.
 */
function moveAmongLinks(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('th a')]
  const present = links.findIndex((link) => link === event.target)
  if (present === -1 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const places: Record<string, number> = {
    ArrowUp: present - 1,
    ArrowDown: present + 1,
    Home: 0,
    End: links.length - 1,
  }
  const next = links[places[event.key] ?? -1]
  if (!next) return
  event.preventDefault()
  next.focus()
}

interface CellProps<Row> {
  column: Column<Row>
  row: Row
  href: string | undefined
}

function Cell<Row>({ column: { head, cell, align, isName }, row, href }: CellProps<Row>) {
  const content = cell(row)
  if (isName)
    return (
      <th scope="row" role="rowheader" data-head={head}>
        {href ? <a href={href}>{content}</a> : content}
      </th>
    )
  return (
    <td role="cell" data-head={head} class={align && 'align-end'}>
      {content}
    </td>
  )
}
