/** Nine letters or digits that stand for a longer id: always the same for the same id, so that nothing has to be remembered. */

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The form Mistral asks of tool call ids (error code 3280). */
const shortForm = /^[a-zA-Z0-9]{9}$/

/** The id itself where it is short already, else its hash. Two ids of one conversation meet once in about 10^13 pairs. */
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

/** cyrb53: two multiplicative 32-bit hashes over the same text, joined to the 53 bits that a number holds exactly. */
function hash53(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
