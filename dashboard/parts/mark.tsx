/** The hub's sign: three wires that become one. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M2 5C11 5 11 16 19 16M2 16H30M2 27C11 27 11 16 19 16" />
      <circle cx="19" cy="16" r="5" />
    </svg>
  )
}
