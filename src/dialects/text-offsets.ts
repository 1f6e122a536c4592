/**
 * Offsets in a text that is still growing, between UTF-16 code units, in which JavaScript counts,
 * and the units of a dialect: OpenAI and Cohere count code points, as Python does, and Google
 * counts bytes of UTF-8. The middle of a character counts as its start.
 */
export type OffsetUnit = 'code-points' | 'bytes'

/** One count is kept for so many UTF-16 units: one for each would take more room than the text. */
const interval = 1_024

export class TextOffsets {
  text = ''
  readonly #unit: OffsetUnit
  /** The units before each interval of the text. */
  readonly #before: number[] = [0]
  /** Whether text is counted as it comes: nothing is, until an offset is asked for. */
  #isCounting = false
  #counted = 0
  #units = 0
  /** The UTF-16 unit that was counted last. */
  #last = Number.NaN

  constructor(unit: OffsetUnit) {
    this.#unit = unit
  }

  add(text: string): void {
    this.text += text
    if (this.#isCounting) this.#count(text)
  }

  /** Returns how many units the text has. */
  get units(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      this.#count(this.text)
    }
    return this.#units
  }

  /** Returns how many units come before a UTF-16 index. */
  unitsAt(index: number): number {
    const { units, text } = this
    if (index >= text.length) return units
    const noted = Math.floor(index / interval)
    let before = this.#before[noted] ?? 0
    for (let at = noted * interval; at < index; at++) before += this.#unitsOf(at)
    return before
  }

  /**
   * Returns the UTF-16 index of an offset in units; the end of the text where it is shorter.
   * @param base the UTF-16 index from which the offset counts.
   */
  indexOf(units: number, base = 0): number {
    const target = this.unitsAt(base) + units
    // The last interval that begins before the target.
    let low = 0
    let high = this.#before.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#before[middle] ?? 0) < target) low = middle
      else high = middle - 1
    }
    let at = low * interval
    let before = this.#before[low] ?? 0
    for (; at < this.text.length && before < target; at++) before += this.#unitsOf(at)
    return at
  }

  #count(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      this.#units += unitsOf(code, this.#last, this.#unit)
      this.#last = code
      this.#counted++
      if (this.#counted % interval === 0) this.#before.push(this.#units)
    }
  }

  #unitsOf(at: number): number {
    return unitsOf(this.text.charCodeAt(at), this.text.charCodeAt(at - 1), this.#unit)
  }
}

/** The units of a UTF-16 unit. Those of a character in two halves come with the second one. */
function unitsOf(code: number, previous: number, unit: OffsetUnit): number {
  if (isFirstHalf(code)) return 0
  if (unit === 'code-points') return 1
  if (isSecondHalf(code) && isFirstHalf(previous)) return 4
  if (code < 0x80) return 1
  return code < 0x800 ? 2 : 3
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isSecondHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
