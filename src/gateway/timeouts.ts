/** How long the hub waits, and how often it tries. All times are milliseconds. */
import { minuteMs } from '../domain/time.ts'
export const budgets = {
  /** The whole request, unless `x-hub-timeout` says otherwise. */
  wholeMs: 15 * minuteMs,
  /** Upstream calls for one request. */
  attempts: 16,
  /** No new attempt begins later than this after the request came. */
  fallbackMs: 420_000,
  /** Headers of a streamed answer. An answer that is not streamed sends them when it is done. */
  headersMs: minuteMs,
  /**
   * An answer that is not streamed, as long as somebody else could be asked; else it has all the
   * time.
   */
  answerMs: 120_000,
  /**
   * The same of a model that reasons, and of an answer that may have more than `longAnswerTokens`.
   */
  longAnswerMs: 300_000,
  /** From the headers to the first content: models may think for long without a word. */
  firstContentMs: 300_000,
  /** Between two reads once there was content, and between two pieces of a whole answer. */
  idleMs: 120_000,
  /** Between two pieces of an error's body: its status says most. */
  errorBodyIdleMs: 10_000,
  /**
   * How long the headers of a stream wait for the first content before they go, and comments keep
   * the client company.
   */
  holdMs: 10_000,
  /**
   * Who waits for a slot asks again after this at the latest: to show that somebody still waits,
   * and in case it was sooner.
   */
  askAgainMs: 5_000,
  /** The longest that a client may ask to wait for a slot. */
  longestWaitMs: 300_000,
  /** Between two keep-alive comments. */
  keepAliveMs: 10_000,
} as const

/** From so many tokens on an answer may be long. */
export const longAnswerTokens = 8_000

/** How far an error body is read, in bytes. The rest of a longer one says nothing new. */
export const maxErrorBytes = 64 * 1024
/** The largest whole answer, and the longest stream that is translated, in bytes. */
export const maxAnswerBytes = 32 * 1024 * 1024
/**
 * The bytes of a stream before its first content, without what it may echo. All of them are held
 * until then.
 */
export const maxHeldBytes = 8 * 1024 * 1024

/**
 * The parts of an answer that is translated: texts, stretches of reasoning, calls, files; all
 * choices together.
 */
export const maxParts = 20_000

/**
 * A bound of an answer in which the provider may repeat the request: Responses send its
 * instructions and tools back, escaped, in more than one event.
 * @param bound without an echo, in bytes or characters. @param sentBytes of the body that was sent.
 */
export function withEcho(bound: number, sentBytes: number): number {
  return bound + 3 * sentBytes
}

/**
 * A request from this size on may pass such a bound by an echo: some servers escape one character
 * as six.
 */
export const largeRequestBytes = 512 * 1024
