import { describe, expect, it } from 'vitest'
import { clientAddress } from '../../src/http/client-address.ts'

const from = (address: string): string => clientAddress(new Headers({ 'cf-connecting-ip': address }), {})

describe("a client's address", () => {
  it('is what Cloudflare says, and nothing that the client says', () => {
    expect(from('203.0.113.7')).toBe('203.0.113.7')
    const claimed = new Headers({
      'x-forwarded-for': '1.2.3.4',
      'x-real-ip': '1.2.3.4',
      forwarded: 'for=1.2.3.4',
    })
    expect(clientAddress(claimed, {})).toBe('local')
    claimed.set('cf-connecting-ip', '203.0.113.7')
    expect(clientAddress(claimed, {})).toBe('203.0.113.7')
  })

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001::3:4:5:6:7', '2001:0:0:3::/64'],
    ['::ffff:192.0.2.1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('in IPv6 is the network of %s', (address, network) => expect(from(address)).toBe(network))
})
