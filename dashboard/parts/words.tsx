/** A sentence in which `code` is marked as the API marks it. */
export function Words({ children }: { children: string }) {
  return <>{children.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
}
