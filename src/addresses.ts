/** Addresses and networks as an operator writes them: lists between commas. */
import { isIP } from 'node:net'
import { z } from 'zod'

const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/

/** An address, or an address with the length of its network. */
function isNetwork(entry: string, bitsMin: number): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || rest.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) >= bitsMin && Number(bits) <= (family === 4 ? 32 : 128)
}

const list = z.string().transform((text) => text.split(',').map((entry) => entry.trim().toLowerCase()))

/** Host names, addresses and networks. */
export const Receivers = list.refine(
  (entries) => entries.every((entry) => isNetwork(entry, 0) || (isIP(entry) === 0 && HOST.test(entry))),
  'hosts, addresses or networks between commas, as 10.2.0.0/16,case.council.example',
)

/** Addresses and networks, but not all there are: then anybody could say to be anybody. */
export const Proxies = list.refine(
  (entries) => entries.every((entry) => isNetwork(entry, 1)),
  'addresses or networks between commas, as 10.2.0.4,10.3.0.0/24',
)
