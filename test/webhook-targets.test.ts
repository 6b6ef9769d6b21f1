// Which addresses may be sent to. Every way of naming what is not public that we know of has a line here.
import fc from 'fast-check'
import t from 'tap'
import { mayConnect, targetFault } from '../src/features/webhooks/targets.ts'

const STRICT = { allow: [], allowsHttp: false, timeoutMs: 1 }
const EVERYTHING = ['0.0.0.0/0', '::/0']

const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '2a00:1450:4009::1', '2606:4700::1111']
/** Refused, unless the operator allows it. */
const PRIVATE = [
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '127.0.0.1'],
  ...['127.255.255.254', '::1', 'fc00::1', 'fd12:3456::1', 'fdff:ffff::1'],
]
/** Refused whatever the operator allows. */
const NEVER = [
  ...['0.0.0.0', '0.1.2.3', '255.255.255.255', '224.0.0.1', '239.255.255.255', '240.0.0.1', '192.0.0.192'],
  ...['169.254.169.254', '169.254.0.1', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'],
  ...['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '192.88.99.1', '2001:db8::1', '3fff::1'],
  ...['::', 'fe80::1', 'fec0::1', 'ff02::1', '2001::1', '2002:7f00:1::', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1'],
  ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '::127.0.0.1', '::ffff:0:127.0.0.1', '5f00::1'],
  ...['fe80::1%eth0', 'localhost', '', '127.1', '0x7f.0.0.1', '2130706433'],
]

t.test('public addresses may be connected to, others not, some of them never', async (t) => {
  for (const address of PUBLIC) t.ok(mayConnect(address, address, STRICT), address)
  for (const address of [...PRIVATE, ...NEVER]) t.notOk(mayConnect(address, 'name.example', STRICT), address)
  for (const address of PRIVATE) t.ok(mayConnect(address, address, { allow: EVERYTHING }), `${address}, allowed`)
  for (const address of NEVER) {
    t.notOk(mayConnect(address, address, { allow: [...EVERYTHING, address] }), `${address}, whatever is allowed`)
    t.notOk(mayConnect(address, 'name.example', { allow: ['name.example'] }), `${address}, by an allowed name`)
  }
})

t.test(
  'an address is allowed by itself, by its network, or by the name that leads to it, and no other with it',
  async (t) => {
    const allow = ['10.2.0.0/16', '192.168.7.7', 'case.council.example', 'fd12::/16']
    for (const [address, host, expected] of [
      ['10.2.255.1', 'any.example', true],
      ['10.3.0.1', 'any.example', false],
      ['192.168.7.7', 'any.example', true],
      ['192.168.7.8', 'any.example', false],
      ['192.168.9.9', 'case.council.example', true],
      ['192.168.9.9', 'other.council.example', false],
      ['192.168.9.9', 'case.council.example.evil.example', false],
      ['fd12::5', 'any.example', true],
      ['fd13::5', 'any.example', false],
    ] as const)
      t.equal(mayConnect(address, host, { allow }), expected, `${address} as ${host}`)
  },
)

t.test('no address of a private network can be written so that it is taken', async () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const inside = fc.oneof(
    fc.tuple(fc.constant(10), octet, octet, octet),
    fc.tuple(fc.constant(127), octet, octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
  )
  fc.assert(
    fc.property(inside, ([a, b, c, d]) => {
      const number = ((a * 256 + b) * 256 + c) * 256 + d
      const hex = (n: number): string => n.toString(16)
      const written = [
        `${a}.${b}.${c}.${d}`,
        `${a}.${b}.${c * 256 + d}`,
        String(number),
        `0x${hex(number)}`,
        `0${a.toString(8)}.${b}.${c}.${d}`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
        `[::${a}.${b}.${c}.${d}]`,
        `[64:ff9b::${a}.${b}.${c}.${d}]`,
        `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1]`,
        `${a}.${b}.${c}.${d}.`,
      ]
      return written.every((host) => targetFault(`https://${host}/hook`, STRICT) !== undefined)
    }),
  )
})

t.test('only https is taken, and in development http for this machine where it is allowed', async (t) => {
  const development = { ...STRICT, allow: ['127.0.0.1', '::1', 'localhost'], allowsHttp: true }
  const table: [url: string, strict: RegExp | undefined, development: RegExp | undefined][] = [
    ['https://receiver.example/hook?of=1', undefined, undefined],
    ['https://receiver.example:8443/', undefined, undefined],
    ['http://receiver.example/', /https/, /https/],
    ['http://localhost:4000/', /https/, undefined],
    ['http://127.0.0.1:4000/', /https/, undefined],
    ['http://[::1]:4000/', /https/, undefined],
    ['https://localhost/', /public/, undefined],
    ['https://LOCALHOST./', /public/, undefined],
    ['https://db.localhost/', /public/, /public/],
    ['http://127.0.0.2/', /https/, /public/],
    ['http://10.0.0.1/', /https/, /https/],
    ['ftp://receiver.example/', /https/, /https/],
    ['file:///etc/passwd', /https/, /https/],
    ['//receiver.example', /absolute/, /absolute/],
    ['receiver.example', /absolute/, /absolute/],
    ['https://user@receiver.example/', /password/, /password/],
    ['https://user:word@receiver.example/', /password/, /password/],
    ['https://receiver.example/#part', /after #/, /after #/],
  ]
  for (const [url, strict, inDevelopment] of table) {
    for (const [rules, expected] of [
      [STRICT, strict],
      [development, inDevelopment],
    ] as const) {
      const fault = targetFault(url, rules)
      if (expected) t.match(fault ?? 'taken', expected, url)
      else t.equal(fault, undefined, url)
    }
  }
})
