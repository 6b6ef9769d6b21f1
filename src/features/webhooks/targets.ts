/**
 * Which addresses may be sent to. What an administrator types in must not make the service knock at doors inside the
 * network it runs in: only public addresses, save those that the operator allows.
 */
import { BlockList, isIP } from 'node:net'
import type { OutboundRules } from '../../kernel/settings.ts'

/** Never, even where a setting allows a network round them: nothing answers there, or what hands out the keys of a machine. */
const NEVER_V4 = [
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
const PRIVATE_V4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
/** The only public part of the sixth version; what is mapped, translated or local to a link lies outside it. */
const GLOBAL_V6 = ['2000::/3']
/** Of that part: Teredo and its neighbours, documentation, 6to4, which each lead or may lead to another address. */
const NEVER_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', 'fd00:ec2::254/128', 'fd20:ce::254/128']
const PRIVATE_V6 = ['::1/128', 'fc00::/7']

const NEVER = listOf([...NEVER_V4, ...NEVER_V6])
const PRIVATE = listOf([...PRIVATE_V4, ...PRIVATE_V6])
const GLOBAL = listOf(GLOBAL_V6)

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address)
    const type = family === 6 ? 'ipv6' : 'ipv4'
    if (family !== 0) list.addSubnet(address, bits === undefined ? (family === 6 ? 128 : 32) : Number(bits), type)
  }
  return list
}

/**
 * Whether an address, as it is connected to, may be sent to.
 * @param host the name by which it was found, or the address itself
 */
export function mayConnect(address: string, host: string, { allow }: Pick<OutboundRules, 'allow'>): boolean {
  const family = isIP(address)
  // A mapped address is another way of writing one of the fourth version; nobody needs it, and lists are got round with it.
  if (family === 0 || address.includes('%') || isMapped(address)) return false
  const type = family === 6 ? 'ipv6' : 'ipv4'
  if (NEVER.check(address, type)) return false
  const isPrivate = PRIVATE.check(address, type)
  if (!isPrivate && (family === 4 || GLOBAL.check(address, type))) return true
  return isPrivate && (allow.includes(host.toLowerCase()) || listOf(allow).check(address, type))
}

const MAPPED = listOf(['::ffff:0:0/96', '::/96'])

function isMapped(address: string): boolean {
  return isIP(address) === 6 && address !== '::1' && MAPPED.check(address, 'ipv6')
}

/** The host of a URL as it is looked up: without the brackets of an address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

/** What is wrong with the form of an address; undefined where nothing is. */
export function formFault(url: URL, { allowsHttp }: Pick<OutboundRules, 'allowsHttp'>): string | undefined {
  const isHere = /^(127(\.\d+){3}|::1|localhost)$/.test(hostOf(url))
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsHttp && isHere))
    return 'The address must begin with https://. In development http:// is taken for this machine itself.'
  if (url.username !== '' || url.password !== '') return 'The address must not hold a user name or a password.'
  return url.hash === '' ? undefined : 'The address must not have a part after #.'
}

/**
 * What is wrong with an address that somebody wants events sent to; undefined where nothing is. A name is looked up at
 * each delivery and not here: what it stands for can change.
 */
export function targetFault(text: string, rules: OutboundRules): string | undefined {
  if (!URL.canParse(text)) return 'This is not an absolute URL.'
  const url = new URL(text)
  const host = hostOf(url)
  const isRefused =
    isIP(host) === 0 ? /(^|\.)localhost$/.test(host) && !rules.allow.includes(host) : !mayConnect(host, host, rules)
  return (
    formFault(url, rules) ??
    (isRefused
      ? 'The address is not a public one. The operator of the service can allow a private one in its settings.'
      : undefined)
  )
}
