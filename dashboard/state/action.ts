/** Something a person does to the hub: whether it is under way, and how it failed. */
import { useState } from 'preact/hooks'
import { ApiError } from '../api.ts'

export interface Action<Args extends unknown[]> {
  busy: boolean
  error: ApiError | undefined
  /** Does it, unless it is being done already. Failures end up in `error`. */
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
 * What was thrown, as an error that can be shown; a fault of the dashboard itself goes to the
 * console too.
 */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  console.error(thrown)
  return new ApiError('INTERNAL_ERROR', '')
}
