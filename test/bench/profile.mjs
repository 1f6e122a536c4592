/**
 * CPU profiles of the hub under load, taken through workerd's inspector, and what they say in
 * short.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const functionsShown = 40
const intervalUs = 200

/**
 * Profiles scenario after scenario. A file for each goes to `folder`, to be opened in a browser's
 * developer tools; the functions that took the most time themselves are printed.
 */
export async function profile(folder, inspectorPort, scenarios, drive) {
  mkdirSync(folder, { recursive: true })
  const inspector = await Inspector.connect(inspectorPort)
  await inspector.send('Profiler.enable')
  await inspector.send('Profiler.setSamplingInterval', { interval: intervalUs })
  for (const scenario of scenarios) {
    await drive(scenario)
    await inspector.send('Profiler.start')
    const { cpuMs, answers } = await drive(scenario)
    const result = await inspector.send('Profiler.stop')
    writeFileSync(
      path.join(folder, `${scenario.name.replaceAll(/\W+/g, '-')}.cpuprofile`),
      JSON.stringify(result.profile),
    )
    process.stdout.write(
      `\n## ${scenario.name}: ${cpuMs.toFixed(3)} ms\n\n${summarize(result.profile, answers.length)}`,
    )
  }
  inspector.close()
}

class Inspector {
  #socket
  #id = 0
  #waiting = new Map()

  constructor(socket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(data)
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error) waiting?.reject(new Error(error.message))
      else waiting?.resolve(result)
    })
  }

  static async connect(port) {
    const response = await fetch(`http://127.0.0.1:${port}/json`)
    const targets = await response.json()
    const target = targets.find(({ id }) => id === 'main') ?? targets[0]
    const socket = new WebSocket(target.webSocketDebuggerUrl ?? `ws://127.0.0.1:${port}/${target.id}`)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true })
      socket.addEventListener('error', () => reject(new Error('The inspector does not answer.')), {
        once: true,
      })
    })
    return new Inspector(socket)
  }

  send(method, params = {}) {
    const { promise, resolve, reject } = Promise.withResolvers()
    const id = ++this.#id
    this.#waiting.set(id, { resolve, reject })
    this.#socket.send(JSON.stringify({ id, method, params }))
    return promise
  }

  close() {
    this.#socket.close()
  }
}

/**
 * The functions with the most time of their own, in microseconds per request and as a share of all
 * but idling.
 */
function summarize({ nodes, samples, timeDeltas }, requests) {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const self = new Map()
  let whole = 0
  for (const [n, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id).callFrame
    if (functionName === '(idle)') continue
    const name = `${functionName || '(anonymous)'} ${url === '' ? '' : `${path.basename(url)}:${lineNumber + 1}`}`
    // While nothing runs no sample is taken, and the next one would count for all of that time.
    const us = Math.min(timeDeltas[n], 2 * intervalUs)
    self.set(name, (self.get(name) ?? 0) + us)
    whole += us
  }
  return [...self]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, functionsShown)
    .map(
      ([name, us]) =>
        `${(us / requests).toFixed(1).padStart(8)} us ${((us / whole) * 100).toFixed(1).padStart(5)}%  ${name}\n`,
    )
    .join('')
}
