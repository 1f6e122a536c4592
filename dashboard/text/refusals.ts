/**
 * Reasons why a key does not serve, as a sentence about one key and as a
 * label.
 */
import { capitalised } from '../format.ts'

const reasons: Record<string, string> = {
  tried: 'Already tried, and failed.',
  disabled: 'Disabled.',
  'model-not-allowed': 'Not allowed to use this model.',
  'priority-not-allowed': 'Excluded by priority.',
  quarantined: 'Quarantined: rejected by the provider.',
  'account-rests': 'Cooling down.',
  'model-rests': 'Cooling down for this model.',
  'provider-rests': 'Provider cooling down.',
  'requests-used-up': 'Out of requests.',
  'tokens-used-up': 'Out of tokens.',
  'audio-used-up': 'Out of audio seconds.',
  'money-used-up': 'Its money limit is used up.',
  'plan-used-up': 'Its plan is used up.',
  'price-unknown': 'Its money is limited, and the price of this model is unknown.',
  'larger-than-window': 'Request exceeds its token limit.',
  busy: 'At its concurrency limit.',
  probing: 'Recovering: one trial request at a time.',
  reserved: 'Reserved for queued requests.',
  'share-used-up': 'Your share is used up.',
  'reserved-for-owner': 'Reserved for its owner.',
}

/** The words of a reason. A reason of a newer hub, unknown to this page, is shown as it is. */
export function reasonWords(reason: string): string {
  return reasons[reason] ?? reason.replaceAll('-', ' ')
}

const labels: Record<string, string> = {
  disabled: 'Disabled',
  'model-not-allowed': 'Not allowed to use this model',
  'priority-not-allowed': 'Excluded by priority',
  quarantined: 'Quarantined',
  'account-rests': 'Cooling down',
  'model-rests': 'Cooling down for this model',
  'provider-rests': 'Provider cooling down',
  'requests-used-up': 'Out of requests',
  'tokens-used-up': 'Out of tokens',
  'audio-used-up': 'Out of audio seconds',
  'money-used-up': 'Out of money',
  'plan-used-up': 'Plan used up',
  'price-unknown': 'Price unknown, and its money is limited',
  'larger-than-window': 'Request exceeds its limit',
  busy: 'At its concurrency limit',
  probing: 'Recovering',
  reserved: 'Reserved for queued requests',
  'share-used-up': 'Your share is used up',
  'reserved-for-owner': 'Reserved for its owner',
  'no-enabled-key': 'No enabled key',
  unlisted: 'More keys for the same reasons',
}

/**
 * Why a candidate or its keys were passed over. A sentence from the hub is shown as it
 * is.
 */
export function skipWords(reason: string): string {
  return capitalised(labels[reason] ?? reason)
}
