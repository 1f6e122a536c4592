/**
 * Passwords, as Argon2id hashes that carry their parameters.
 * Parameters: OWASP Password Storage Cheat Sheet, 19 MiB, two passes, one lane. RFC 9106.
 */
import Argon2, { Argon2Type } from '@phi-ag/argon2'
import wasm from '@phi-ag/argon2/argon2.wasm'

const parameters = { type: Argon2Type.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const parametersText = `m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}`

// One instance serves the isolate: each would keep 19 MiB for ever, and a hash is synchronous
// anyway.
let instance: Argon2 | undefined

function argon2(): Argon2 {
  instance ??= new Argon2(new WebAssembly.Instance(wasm))
  return instance
}

/** A PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$…`. Takes about 25 ms of CPU. */
export function hashPassword(password: string): string {
  return argon2().hash(password, parameters).encoded
}

/** Whether the password is the one that was hashed. */
export function verifyPassword(encoded: string, password: string): boolean {
  return argon2().tryVerify(encoded, password, Argon2Type.Argon2id).success
}

/**
 * Whether a stored hash was made with other parameters than today's, and should be made anew at the
 * next login.
 */
export function isOutdated(encoded: string): boolean {
  return !encoded.includes(`$${parametersText}$`)
}

/** A hash of no password, with the parameters of a real one. */
const decoy = `$argon2id$v=19$${parametersText}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/**
 * The work of a verification that fails, for a login that names nobody: the answer must not come
 * sooner, nor later.
 */
export function verifyNobody(password: string): false {
  verifyPassword(decoy, password)
  return false
}
