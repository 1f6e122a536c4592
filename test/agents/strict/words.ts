/** A list of names, written as lines of words. */
export function words(...lines: string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '))
}
