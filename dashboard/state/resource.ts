/** Something the hub holds, as last read. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError } from '../api.ts'
import { toApiError } from './action.ts'

export interface Resource<Data> {
  /** Undefined until it was read once; kept while it is read again. */
  data: Data | undefined
  error: ApiError | undefined
  reload: () => Promise<void>
}

/** @param load must stay the same function from one render to the next. */
export function useResource<Data>(load: () => Promise<Data>): Resource<Data> {
  const [read, setRead] = useState<{ data: Data | undefined; error: ApiError | undefined }>({
    data: undefined,
    error: undefined,
  })
  const turn = useRef(0)

  const reload = useCallback(async () => {
    // An answer that was overtaken by a later one says nothing new.
    const mine = ++turn.current
    try {
      const data = await load()
      if (mine === turn.current) setRead({ data, error: undefined })
    } catch (thrown) {
      if (mine === turn.current) setRead(({ data }) => ({ data, error: toApiError(thrown) }))
    }
  }, [load])

  useEffect(() => void reload(), [reload])

  return { ...read, reload }
}
