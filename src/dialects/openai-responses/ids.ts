/**
 * The ids of what the hub itself puts into an answer. They are made of the answer's id and the
 * place in it, so that they are the same whole and streamed, and they bear a mark: a provider of
 * this dialect does not know them and must not be sent them.
 */
import { randomId } from '../../ids.ts'

const prefixes = ['msg', 'fc', 'rs', 'ig', 'ctc', 'lsh', 'tsc'] as const

export type Prefix = (typeof prefixes)[number]

const hubForm = new RegExp(`^(?:${prefixes.join('|')})_hub_`)
const hubItem = new RegExp(`^(?:${prefixes.join('|')})_hub_(.+)_\\d+$`)

/**
 * OpenAI takes ids of at most 64 characters; the longest prefix and place leave this much for the
 * answer's own.
 */
const longestStem = 48

/**
 * The id of an answer in the form that this dialect has: `resp_` and the provider's own, or one of
 * ours where it gave none.
 */
export function responseId(id: string): string {
  if (id === '') return randomId('resp')
  return id.startsWith('resp_') ? id : `resp_${plain(id)}`
}

/** The id of the item at this place of the answer. */
export function itemId(prefix: Prefix, response: string, place: number): string {
  const stem = plain(response.replace(/^resp_/, '')).slice(-longestStem)
  return `${prefix}_hub_${stem}_${place}`
}

/** Whether an item's id is one that `itemId` made. */
export function isHubId(id: string): boolean {
  return hubForm.test(id)
}

/**
 * The id of the answer that an item of ours belongs to, unless it was too long to be kept whole.
 */
export function responseOfItem(id: string): string | undefined {
  const [, stem] = hubItem.exec(id) ?? []
  return stem === undefined || stem.length >= longestStem ? undefined : `resp_${stem}`
}

function plain(id: string): string {
  return id.replaceAll(/[^\w-]/g, '-')
}
