/**
 * The dashboard's own signs, drawn on a grid of 20. They stand beside words, never in their place,
 * unless the control says its name itself.
 */

const drawings = {
  overview: 'M3 11a7 7 0 0 1 14 0M10 11l3-4M3 15h14',
  playground: 'M4 5h12v8H9l-4 3v-3H4z',
  connect: 'M7 3v5M13 3v5M5 8h10v2a5 5 0 0 1-10 0zM10 15v3',
  keys: 'M12 8a4 4 0 1 0-4 4l1-.2L11 14h2v2h3v-3l-4.2-4.2z M7 7.5v.1',
  routes: 'M3 5h4c5 0 2 10 7 10h3M14 12l3 3-3 3M3 15h4M13 5h4',
  tokens: 'M3 7h14v2a1.5 1.5 0 0 0 0 3v2H3v-2a1.5 1.5 0 0 0 0-3zM12 7v7',
  providers: 'M4 4h12v5H4zM4 11h12v5H4zM7 6.5h.1M7 13.5h.1',
  logs: 'M4 5h2M9 5h7M4 10h2M9 10h7M4 15h2M9 15h4',
  usage: 'M4 16V10M8 16V5M12 16V8M16 16v-4',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  users:
    'M7.5 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 16c0-3 2-4.5 4.5-4.5S12 13 12 16M13 4.5a2.5 2.5 0 0 1 0 4M14 11.7c2 .4 3 1.900 3 4.300',
  audit: 'M10 3l6 2v5c0 3.500-2.500 6-6 7-3.500-1-6-3.500-6-7V5zM7.500 10l2 2 3.500-4',
  search: 'M9 14A5 5 0 1 0 9 4a5 5 0 0 0 0 10zM12.700 12.700L17 17',
  menu: 'M3 6h14M3 10h14M3 14h14',
  close: 'M5 5l10 10M15 5L5 15',
  logout: 'M12 4H5v12h7M9 10h8M14 7l3 3-3 3',
} as const

export type IconName = keyof typeof drawings

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  )
}
