/**
 * Nine letters or digits that stand for a longer id: always the same for the same id, so that
 * nothing has to be remembered.
 */
import { hash53 } from '../../ids.ts'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The form Mistral asks of tool call ids (error code 3280). */
const shortForm = /^[a-zA-Z0-9]{9}$/

/**
 * The id itself where it is short already, else its hash. Two ids of one conversation meet once in
 * about 10^13 pairs.
 */
export function shortId(id: string): string {
  if (shortForm.test(id)) return id
  let rest = hash53(id)
  let text = ''
  for (let place = 0; place < 9; place++) {
    text += digits.charAt(rest % 62)
    rest = Math.floor(rest / 62)
  }
  return text
}
