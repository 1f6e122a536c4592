/** The one thing of Node that the hub uses; the compatibility flag `nodejs_als` brings it. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R
    getStore(): T | undefined
  }
}
