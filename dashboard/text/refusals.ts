/**
 * Why a key does not serve, as the hub names it, in words: as a sentence about one key, and as a
 * label.
 */

const reasons: Record<string, string> = {
  tried: 'It was tried already, and failed.',
  disabled: 'It is switched off.',
  'model-not-allowed': 'Its allowed models do not include this one.',
  'priority-not-allowed': 'The request asks for other priorities.',
  quarantined: 'It is quarantined: its provider refused it.',
  'account-rests': 'Its account rests.',
  'model-rests': 'This model rests at its account.',
  'provider-rests': 'The whole provider rests.',
  'requests-used-up': 'Its requests are used up.',
  'tokens-used-up': 'Its tokens are used up.',
  'audio-used-up': 'Its seconds of audio are used up.',
  'money-used-up': 'The money that it may spend is used up.',
  'plan-used-up': 'What its plan allows is used up.',
  'price-unknown': 'Its money is limited, and the price of this model is not known.',
  'larger-than-window': 'The request is larger than its limit ever allows.',
  busy: 'It has as many requests under way as it may.',
  probing: 'Its rest is over, and one request goes first to prove it.',
  reserved: 'What is free of it is kept for those who wait.',
  'share-used-up': 'You have used your share of it.',
  'reserved-for-owner': 'What is left of it is kept for its owner.',
}

/** A reason that a newer hub has, and this page does not know, is shown as it is. */
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
  unlisted: 'More keys, for reasons like these',
}

/**
 * Why a candidate, or keys of it, were passed over. What the hub says in a sentence is shown as it
 * is.
 */
export function skipWords(reason: string): string {
  const label = labels[reason] ?? reason
  return label.charAt(0).toUpperCase() + label.slice(1)
}
