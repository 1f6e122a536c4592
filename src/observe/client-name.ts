/**
 * The program that asked, as its `user-agent` names it: made short and clean enough for a row of
 * the log.
 * https://www.rfc-editor.org/rfc/rfc9110#field.user-agent. Pure.
 */
import { redact } from '../providers/redact.ts'

/** Characters of a name. */
export const maxClientName = 80

/** Browsers name each other; the first of these that one names is what it is. */
const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari']

/** Returns the name; undefined where the header is absent or names nothing. */
export function clientName(userAgent: string | undefined): string | undefined {
  const cleaned = redact((userAgent ?? '').replaceAll(/[\p{C}\s]+/gu, ' ').trim())
  const name = cleaned.startsWith('Mozilla/') ? browserIn(cleaned) : cleaned
  return name === '' ? undefined : name.slice(0, maxClientName).toWellFormed().trim()
}

function browserIn(userAgent: string): string {
  const products = userAgent.replaceAll(/\([^()]*\)/g, ' ').split(' ')
  const found = browsers.flatMap((name) => products.find((product) => product.startsWith(`${name}/`)) ?? [])
  return found[0] ?? userAgent
}
