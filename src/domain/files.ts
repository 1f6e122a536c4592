/** What a model can be shown beside text. */
export const fileKinds = ['image', 'audio', 'video', 'pdf'] as const
export type FileKind = (typeof fileKinds)[number]
