/** To whom a key, a route or a provider belongs: to one user, or to everyone on the hub. */
export const scopes = ['user', 'hub'] as const
