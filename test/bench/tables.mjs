/** Numbers and tables as both reports print them. */

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle - 0.5)] + sorted[Math.floor(middle)]) / 2
}

export function table(headings, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`
  return line(headings) + line(headings.map((_, n) => (n === 0 ? '---' : '--:'))) + rows.map(line).join('')
}

export function digits(number) {
  return number < 1_000 ? number.toPrecision(3) : String(Math.round(number))
}

export function times(number) {
  return `${digits(number)}x`
}
