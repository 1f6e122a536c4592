/** What a user may do: an `admin` also manages the hub and everyone on it. */
export const roles = ['user', 'admin'] as const
export type Role = (typeof roles)[number]
