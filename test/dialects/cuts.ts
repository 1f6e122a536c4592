/**
 * Ways to cut bytes into chunks: at every byte for short ones, at repeatable places for long ones.
 */

const short = 3000

export function* cutsOf(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (const size of [1, 2, 3, 7]) yield pieces(bytes, size)
  if (bytes.length <= short) {
    for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  } else {
    for (let seed = 1; seed <= 10; seed++) yield randomPieces(bytes, seed)
  }
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

/**
 * Chunks of 1 to 400 bytes, the same for the same seed.
 * https://en.wikipedia.org/wiki/Lehmer_random_number_generator
 */
function randomPieces(bytes: Uint8Array, seed: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let state = seed
  let start = 0
  while (start < bytes.length) {
    state = (state * 48271) % 2147483647
    const end = start + 1 + (state % 400)
    chunks.push(bytes.subarray(start, end))
    start = end
  }
  return chunks
}
