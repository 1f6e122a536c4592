/** An error of the hub: its message, the attempts, the time to retry, and the remedy. */
import type { ApiError } from '../api.ts'
import { text } from '../text.ts'
import { Words } from './words.tsx'

interface ErrorNoticeProps {
  error: ApiError | undefined
  /** The fields of the form around it: an error of one of them is shown there, not here. */
  fields?: readonly string[]
}

export function ErrorNotice({ error, fields = [] }: ErrorNoticeProps) {
  const here = error !== undefined && !(error.param !== undefined && fields.includes(error.param))
  return (
    <div class="notice-slot" role="alert">
      {here && (
        <div class="notice">
          <p>
            <Words>{messageOf(error)}</Words>
          </p>
          {error.trail.length > 0 && (
            <>
              <p>{text.errors.tried}</p>
              <ul>
                {error.trail.map(({ provider, model, verdict }) => (
                  <li>{text.errors.attempt(provider, model, verdict)}</li>
                ))}
              </ul>
            </>
          )}
          {error.retryAt !== undefined && <p>{text.errors.retryIn(error.retryAt - Date.now())}</p>}
          {error.requestId && !selfEvident.has(error.code) && (
            <p class="quiet">
              {text.errors.requestId} <code>{error.requestId}</code>
            </p>
          )}
          {error.remedy && !selfEvident.has(error.code) && <p class="quiet">{error.remedy}</p>}
        </div>
      )}
    </div>
  )
}

/** Codes whose remedy is meant for programs, or is what the form shows anyway. */
const selfEvident = new Set(['VALIDATION_ERROR', 'UNAUTHORIZED'])

export function messageOf(error: ApiError): string {
  if (error.code === 'UNREACHABLE') return text.errors.unreachable
  return error.message || text.errors.unexpected
}
