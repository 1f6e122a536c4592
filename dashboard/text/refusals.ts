/** Why a key does not serve, as the hub names it, in words. */

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
