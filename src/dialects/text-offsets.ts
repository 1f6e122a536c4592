/**
 * Offsets in a text that is still growing, between UTF-16 code units, in which JavaScript counts, and the
 * units of a dialect: OpenAI and Cohere count code points, as Python does, and Google counts bytes of UTF-8.
 */
export type OffsetUnit = 'code-points' | 'bytes'

export class TextOffsets {
  text = ''
  readonly #unit: OffsetUnit
  /** For each UTF-16 index, how many units come before it. Grows only once an offset is asked for. */
  readonly #before: number[] = [0]

  constructor(unit: OffsetUnit) {
    this.#unit = unit
  }

  add(text: string): void {
    this.text += text
  }

  /** Returns how many units come before a UTF-16 index. */
  unitsAt(index: number): number {
    this.#measure()
    return this.#before[Math.min(index, this.#before.length - 1)] ?? 0
  }

  /**
   * Returns the UTF-16 index of an offset in units; the end of the text where it is shorter.
   * @param base the UTF-16 index from which the offset counts.
   */
  indexOf(units: number, base = 0): number {
    const target = this.unitsAt(base) + units
    let low = 0
    let high = this.#before.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#before[middle] ?? 0) < target) low = middle + 1
      else high = middle
    }
    return (this.#before[low] ?? 0) < target ? this.text.length : low
  }

  /** Whether the text is as long as this offset. */
  reaches(units: number, base = 0): boolean {
    return this.unitsAt(this.text.length) - this.unitsAt(base) >= units
  }

  #measure(): void {
    const { text } = this
    for (let at = this.#before.length - 1; at < text.length; at = this.#before.length - 1) {
      const point = text.codePointAt(at) ?? 0
      const isWide = point > 0xffff
      const before = this.#before[at] ?? 0
      // The middle of a character counts as its start.
      if (isWide) this.#before.push(before)
      this.#before.push(before + (this.#unit === 'bytes' ? bytesOf(point) : 1))
    }
  }
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x1_0000 ? 3 : 4
}
