/** One token: what it may do, and what it uses of that now. */
import type { Token } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { words as capsWords } from '../../text/caps.ts'
import { words } from '../../text/tokens.ts'

interface TokenRowProps {
  token: Token
  now: number
  onEdit: () => void
  onRevoke: () => void
}

export function TokenRow({ token, now, onEdit, onRevoke }: TokenRowProps) {
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{token.name}</strong> <code>{token.prefix}…</code>
        </p>
        {isOver(token, now) && <span class="chip chip-disabled">{words.expired}</span>}
        <p class="row-notes">{notesOf(token, now).join(' · ')}</p>
      </div>
      <div class="row-actions">
        <RowButton verb={words.edit} label={words.actOn(words.edit, token.name)} onClick={onEdit} />
        <RowButton verb={words.revoke} label={words.actOn(words.revoke, token.name)} onClick={onRevoke} />
      </div>
      <CapsBars {...token} />
    </li>
  )
}

function notesOf(token: Token, now: number): string[] {
  const { allowedModels, expiresAt, maxConcurrent, defaultWait, state } = token
  const notes = [
    words.madeOn(token.createdAt),
    token.lastUsedAt ? words.lastUsed(token.lastUsedAt, now) : words.neverUsed,
    expiresAt && !isOver(token, now) && words.expires(expiresAt),
    maxConcurrent !== null && capsWords.running(state.running, maxConcurrent),
    defaultWait !== null && words.waits(defaultWait),
    allowedModels && words.allowed(allowedModels),
  ]
  return notes.filter((note) => typeof note === 'string')
}

function isOver({ expiresAt }: Token, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now
}
