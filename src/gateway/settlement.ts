/** The settlement of a lease: how its call ended, and what it cost, for limits of money. Pure. */
import { nanoDollars } from '../domain/money.ts'
import { priceAt, spendingOf } from '../providers/registry.ts'
import type { Lease, Settlement } from '../quota/rpc.ts'
import type { Candidate } from './plan.ts'

/** @param end how the call ended; its cost follows from its usage, also where the key is free. */
export function settlementOf(
  { providerId, provider }: Pick<Candidate, 'providerId' | 'provider'>,
  { id, model }: Pick<Lease, 'id' | 'model'>,
  end: Omit<Settlement, 'leaseId' | 'money'>,
): Settlement {
  const { outcome } = end
  const usage = outcome.type === 'unused' ? undefined : outcome.usage
  const price = usage && priceAt(providerId, provider, model)
  return {
    leaseId: id,
    ...end,
    ...(price && { money: Math.ceil(spendingOf(price, usage, false).cost * nanoDollars) }),
  }
}
