/** An action on the hub: whether it is running, and how it failed. */
import { useState } from 'preact/hooks'
import { ApiError } from '../api.ts'

export interface Action<Args extends unknown[]> {
  busy: boolean
  error: ApiError | undefined
  /** Starts the action, unless it is running already. A failure is in `error`. */
  run: (...args: Args) => void
}

export function useAction<Args extends unknown[]>(act: (...args: Args) => Promise<void>): Action<Args> {
  const [state, setState] = useState<{ busy: boolean; error: ApiError | undefined }>({
    busy: false,
    error: undefined,
  })
  const run = (...args: Args): void => {
    if (state.busy) return
    setState({ busy: true, error: undefined })
    act(...args).then(
      () => setState({ busy: false, error: undefined }),
      (thrown: unknown) => setState({ busy: false, error: toApiError(thrown) }),
    )
  }
  return { ...state, run }
}

/**
 * Returns a thrown value as an error to show. Faults of the dashboard itself are also logged to the
 * console.
 */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  console.error(thrown)
  return new ApiError('INTERNAL_ERROR', '')
}
