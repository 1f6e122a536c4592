/**
 * What unmodified agents sent at the end of a task, to every vendor of the bench: nothing that the
 * hub sends for it may be refused. The bench records it anew (`npm run test:agents -- --record`).
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { isUnreadableState } from '../../src/providers/unreadable-state.ts'
import { customProvider, send, type Sent } from '../dialects/fit/clients.ts'
import { agents } from './agents.ts'
import claudeCode from './fixtures/claude-code.json'
import codex from './fixtures/codex.json'
import geminiCli from './fixtures/gemini-cli.json'
import opencode from './fixtures/opencode.json'
import qwenCode from './fixtures/qwen-code.json'
import { hear, type Result } from './hear.ts'
import { check } from './strict/check.ts'
import { Refusal } from './strict/refusal.ts'
import { itemId } from './task.ts'
import { nameOf, type Vendor, vendors } from './vendors.ts'

interface Fixture {
  dialect: string
  requests: { vendor: string; account: string; body: object }[]
}

const fixtures: Record<string, Fixture> = {
  'Claude Code': claudeCode,
  Codex: codex,
  'Gemini CLI': geminiCli,
  OpenCode: opencode,
  'Qwen Code': qwenCode,
}

/** A custom provider of Responses is taken to know functions only, as the hub takes it. */
const customQuirks = { 'openai-responses': { onlyFunctions: true } } as const

function receiverOf({ id, custom, model }: Vendor): [string, Provider] {
  if (custom) return [id, { ...customProvider(custom), defaultModel: model, quirks: customQuirks }]
  const row = Object.entries<Provider>(catalog).find(([name]) => name === id)
  if (!row) throw new Error(`There is no built-in provider ${id}.`)
  return row
}

it('replays each agent that the bench runs', () => {
  expect(Object.keys(fixtures)).toEqual(agents.map(({ name }) => name))
})

describe.each(Object.entries(fixtures))('%s', (_name, { dialect: spoken, requests }) => {
  // The bench writes the dialect of the agent.
  const dialect = spoken as DialectId

  describe.each(requests)('after a task that $vendor did', ({ body: recorded, account, vendor: maker }) => {
    const body = recorded as JsonObject
    const offered = hear(dialect, body)

    it.each(cells(dialect, maker))('is taken by %s, asked for as %s', (name, asked, vendor) => {
      const say = (isBare: boolean): Sent => {
        const sent = send(dialect, body, receiverOf(vendor), { model: vendor.model, asked, isBare })
        check(sent.dialect, sent.body, vendor, maker === name ? account : 'another account')
        return sent
      }
      const sent = healed(say)
      const heard = hear(sent.dialect, sent.body)
      // Search of the vendor's own may be among them.
      expect(heard.tools.length).toBeGreaterThanOrEqual(offered.tools.filter(isFunction).length)
      expect(heard.results).toHaveLength(offered.results.length)
      const lost = heard.results.filter(
        ({ text }, index) => text === '' && !isPicture(offered.results[index]),
      )
      expect(lost).toEqual([])
      expect(JSON.stringify(sent.body)).toContain(itemId)
    })
  })
})

/** Each vendor by a route, and by its own name where the agent did not speak to another before. */
function cells(dialect: DialectId, maker: string): [string, string, Vendor][] {
  return vendors.flatMap((vendor): [string, string, Vendor][] => {
    const name = nameOf(vendor)
    const isOwn = maker === name || !vendor.dialects.includes(dialect)
    return [
      [name, 'smart', vendor],
      ...(isOwn ? [[name, vendor.model, vendor] as [string, string, Vendor]] : []),
    ]
  })
}

/** As the hub does: on a refusal of the state in a request it sends it once more without. */
function healed(say: (isBare: boolean) => Sent): Sent {
  try {
    return say(false)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (!isUnreadableState(error.toFault())) throw error
    return say(true)
  }
}

function isPicture(result: Result | undefined): boolean {
  return result?.text.includes('iVBOR') === true
}

/** Tools that vendors run themselves have no counterpart at others. */
function isFunction({ name }: { name: string }): boolean {
  return name !== ''
}
