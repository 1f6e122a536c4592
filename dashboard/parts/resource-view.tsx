/**
 * Something that is read from the hub: shown when it is there, and with a way to try again when it
 * could not be read.
 */
import type { ComponentChildren } from 'preact'
import type { Resource } from '../state/resource.ts'
import { text } from '../text.ts'
import { ErrorNotice } from './error-notice.tsx'

interface ResourceViewProps<Data> {
  resource: Resource<Data>
  children: (data: Data) => ComponentChildren
}

export function ResourceView<Data>({ resource, children }: ResourceViewProps<Data>) {
  const { data, error, reload } = resource
  return (
    <>
      <ErrorNotice error={error} />
      {error && (
        <button type="button" class="button" onClick={() => void reload()}>
          {text.retry}
        </button>
      )}
      {data !== undefined && children(data)}
      {data === undefined && !error && <p class="quiet">{text.loading}</p>}
    </>
  )
}
