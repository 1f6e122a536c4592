/** Money as the hub counts it: whole billionths of a US dollar, so that sums are exact. */

export const nanoDollars = 1_000_000_000

/** An amount of US dollars in nano-dollars. */
export function toNanoDollars(dollars: number): number {
  return Math.round(dollars * nanoDollars)
}

const dollarFormat = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
})

/** An amount of nano-dollars as messages write it: `$0.25`. */
export function writeDollars(nano: number): string {
  return dollarFormat.format(nano / nanoDollars)
}
