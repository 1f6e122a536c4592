/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export function equalSecrets(a: string, b: string): boolean {
  const encoder = new TextEncoder()
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  // The lengths may be told apart; what is compared here is longer than anyone can guess.
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right)
}
