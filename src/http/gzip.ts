/** Texts compressed with gzip (RFC 1952), by the platform's own streams. */

export async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(compressed).arrayBuffer())
}

/** @throws {TypeError} where it is no such packet. */
export async function gunzip(compressed: Uint8Array<ArrayBuffer>): Promise<string> {
  const text = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(text).text()
}
