/**
 * What Vite adds: the names of the files that match a pattern.
 * https://vite.dev/guide/features#glob-import
 */
interface ImportMeta {
  glob(pattern: string): Record<string, unknown>
}
