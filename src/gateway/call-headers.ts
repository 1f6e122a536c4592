/** The headers of a call to a provider. Pure. */
import type { ChatRequest } from '../chat/request.ts'
import type { Fault } from '../errors.ts'
import { authHeaders } from '../providers/auth.ts'
import type { Candidate } from './plan.ts'

/** A key or header value that was stored before entries were checked. */
export const unsendable: Fault = {
  blame: 'unknown',
  verdict: 'bad-header',
  message: 'The key or a header of this provider contains invalid characters. Enter it again.',
}

/**
 * The headers of a call: the client's where both speak one dialect, the row's, and the key's.
 * @returns undefined where a value has characters that no header may have.
 */
export function callHeaders(
  request: ChatRequest,
  { dialect, provider }: Candidate,
  credential: { headers: Readonly<Record<string, string>> },
  secret: string,
): Headers | undefined {
  const values = {
    'content-type': 'application/json',
    accept: request.stream ? 'text/event-stream' : 'application/json',
    ...(dialect === request.origin.dialect && request.origin.headers),
    ...provider.headers,
    ...credential.headers,
    ...authHeaders(provider, dialect, secret),
  }
  try {
    return new Headers(values)
  } catch {
    return undefined
  }
}
