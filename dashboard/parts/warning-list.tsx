/**
 * What the hub noticed about something that it stored all the same, such as a model it does not
 * know.
 */
import { Words } from './words.tsx'

export function WarningList({ warnings }: { warnings: readonly string[] }) {
  return (
    <div class="notice-slot" role="status">
      {warnings.length > 0 && (
        <div class="notice notice-warning">
          {warnings.map((warning) => (
            <p key={warning}>
              <Words>{warning}</Words>
            </p>
          ))}
        </div>
      )}
    </div>
  )
}
