import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importJWK, SignJWT } from 'jose'
import t from 'tap'
import { ConfigurationError, readConfig } from '../../src/config.ts'
import { developmentKeyOf } from '../../src/development.ts'
import { developmentVerifier, issueDevelopmentToken } from '../../src/features/identity/tokens.ts'
import { STRICT_SETTINGS } from '../../src/kernel/settings.ts'
import { verifierOf } from '../../src/start.ts'
import { temporaryFolder, threshold } from '../support/command.ts'

const DATABASE_URL = 'postgres://u:p@localhost/db'
const AUTH = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'threshold' }

t.test('without any settings it is the embedded default, on this machine alone', async (t) => {
  const config = readConfig({})
  t.match(config, {
    host: '127.0.0.1',
    port: 3000,
    logLevel: 'info',
    database: { dataDir: '.data' },
    isProduction: false,
  })
  t.notOk(config.auth)
  t.ok(Object.isFrozen(config))
  t.strictSame(readConfig({ PORT: '', HOST: '' }), config, 'an empty setting is none')
})

t.test('no proxy is trusted but those that are named', async (t) => {
  t.strictSame(readConfig({}).trustedProxies, [])
  const { trustedProxies } = readConfig({ TRUSTED_PROXIES: '10.2.0.4, 10.3.0.0/24,FD12::/16,::1' })
  t.strictSame(trustedProxies, ['10.2.0.4', '10.3.0.0/24', 'fd12::/16', '::1'])
})

t.test('a whole configuration is taken as it is written', async (t) => {
  const settings = {
    ...AUTH,
    DATABASE_URL,
    DATABASE_POOL_MAX: '25',
    PORT: '8080',
    HOST: '0.0.0.0',
    NODE_ENV: 'production',
    KEYS_DIR: '/srv/keys',
  }
  t.match(readConfig({ ...settings, AUTH_ALGORITHM: 'EdDSA', LOG_LEVEL: 'warn' }), {
    isProduction: true,
    host: '0.0.0.0',
    port: 8080,
    logLevel: 'warn',
    database: { url: DATABASE_URL, max: 25 },
    keysDir: '/srv/keys',
    auth: {
      issuers: [
        {
          issuer: AUTH.AUTH_ISSUER,
          audience: 'threshold',
          algorithm: 'EdDSA',
          tokenType: 'at+jwt',
          keys: { jwksUrl: AUTH.AUTH_JWKS_URL },
        },
      ],
    },
  })
})

t.test(
  'receivers that are not public are allowed by name, address or network; http in development alone',
  async (t) => {
    const { outbound } = readConfig({ WEBHOOK_ALLOW: '10.2.0.0/16, fd12::/16,Case.Council.example,127.0.0.1' }).settings
    t.match(outbound, { allow: ['10.2.0.0/16', 'fd12::/16', 'case.council.example', '127.0.0.1'], allowsHttp: true })
    const production = { ...AUTH, DATABASE_URL, KEYS_DIR: '/srv/keys', NODE_ENV: 'production' }
    t.strictSame(readConfig(production).settings, STRICT_SETTINGS)
  },
)

/** Settings that cannot be; the message names the setting, and says what to write instead. */
const WRONG: readonly [name: string, settings: Record<string, string>, says: RegExp][] = [
  ['a port that is no number', { PORT: 'http' }, /^PORT: .*port number/m],
  ['a port beyond all ports', { PORT: '65536' }, /^PORT: /m],
  ['a negative port', { PORT: '-1' }, /^PORT: /m],
  ['an unknown environment', { NODE_ENV: 'prod' }, /^NODE_ENV: .*development.*test.*production/m],
  ['an unknown log level', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL: .*info/m],
  ['an address of another database', { DATABASE_URL: 'mysql://localhost/db' }, /^DATABASE_URL: .*postgres:\/\//m],
  ['no connections', { DATABASE_POOL_MAX: '0' }, /^DATABASE_POOL_MAX: .*1 to 999/m],
  ['too many connections', { DATABASE_POOL_MAX: '1000' }, /^DATABASE_POOL_MAX: .*1 to 999/m],
  ['a flag that is none', { ALLOW_EMBEDDED_IN_PRODUCTION: 'yes' }, /^ALLOW_EMBEDDED_IN_PRODUCTION: .*true.*false/m],
  ['a key address that is none', { ...AUTH, AUTH_JWKS_URL: 'id.example' }, /^AUTH_JWKS_URL: .*URL/m],
  ['a key address that is not of the web', { ...AUTH, AUTH_JWKS_URL: 'file:///etc/passwd' }, /^AUTH_JWKS_URL: .*http/m],
  ['a signer on an address without a secret', { SIGNER_URL: 'http://10.0.0.5:7210' }, /^SIGNER_TOKEN: .*secret/m],
  ['a secret that is short', { SIGNER_TOKEN: 'short' }, /^SIGNER_TOKEN: .*32 characters/m],
  ['a receiver that is a URL', { WEBHOOK_ALLOW: 'https://case.example' }, /^WEBHOOK_ALLOW: .*10\.2\.0\.0\/16/m],
  ['a network that is none', { WEBHOOK_ALLOW: '10.0.0.0/33' }, /^WEBHOOK_ALLOW: /m],
  ['a proxy by its name', { TRUSTED_PROXIES: 'proxy.example' }, /^TRUSTED_PROXIES: .*10\.3\.0\.0\/24/m],
  ['everybody as a proxy', { TRUSTED_PROXIES: '10.2.0.4,0.0.0.0/0' }, /^TRUSTED_PROXIES: /m],
  ['a proxy on a link', { TRUSTED_PROXIES: 'fe80::1%eth0' }, /^TRUSTED_PROXIES: /m],
  ['all hops', { TRUSTED_PROXIES: 'true' }, /^TRUSTED_PROXIES: /m],
  ['a network of a name', { WEBHOOK_ALLOW: 'case.example/8' }, /^WEBHOOK_ALLOW: /m],
  ['a contact that is no address', { SECURITY_CONTACT: 'security@council.example' }, /^SECURITY_CONTACT: .*mailto:/m],
  ['a contact of two lines', { SECURITY_CONTACT: 'mailto:a@b.example\nExpires: never' }, /^SECURITY_CONTACT: /m],
  [
    'a file that is elsewhere',
    { SECURITY_TXT_URL: 'https://council.example/security' },
    /^SECURITY_TXT_URL: .*well-known/m,
  ],
  ['a limit of nothing', { RATE_LIMIT_SYSTEM_URGENT: '0' }, /^RATE_LIMIT_SYSTEM_URGENT: .*1 to/m],
  ['a limit that is no number', { RATE_LIMIT_HUMAN: 'none' }, /^RATE_LIMIT_HUMAN: /m],
  ['an unsafe algorithm', { ...AUTH, AUTH_ALGORITHM: 'HS256' }, /^AUTH_ALGORITHM: .*ES256/m],
  ['algorithm none', { ...AUTH, AUTH_ALGORITHM: 'none' }, /^AUTH_ALGORITHM: /m],
  [
    'real records and their keys in one place',
    { ...AUTH, DATABASE_URL, NODE_ENV: 'production' },
    /^KEYS_DIR: .*apart from the database/m,
  ],
  ['a database without an identity provider', { DATABASE_URL }, /AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE/],
  [
    'production on the embedded database',
    { NODE_ENV: 'production' },
    /^DATABASE_URL: .*ALLOW_EMBEDDED_IN_PRODUCTION=true/m,
  ],
  ...Object.keys(AUTH).map((left): [string, Record<string, string>, RegExp] => [
    `an identity provider without ${left}`,
    Object.fromEntries(Object.entries({ ...AUTH, DATABASE_URL }).filter(([name]) => name !== left)),
    new RegExp(left),
  ]),
]

t.test('each setting that cannot be is named, with what to write', async (t) => {
  for (const [name, settings, says] of WRONG) {
    try {
      readConfig(settings)
      t.fail(`${name} is taken`)
    } catch (error) {
      t.type(error, ConfigurationError, name)
      t.match((error as Error).message, says, name)
    }
  }
})

t.test('all wrong settings are named at once, and no secret is repeated', async (t) => {
  const DATABASE_URL = 'mysql://root:hunter2@localhost/db'
  try {
    readConfig({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL })
    t.fail('taken')
  } catch (error) {
    const { message } = error as Error
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) t.match(message, name)
    t.notMatch(message, 'hunter2')
  }
})

t.test('the command says so in a line, without frames, and is not successful', async (t) => {
  for (const command of ['serve', 'migrate', 'token', 'audit verify']) {
    const { status, stdout, stderr } = await threshold(command.split(' '), {
      PORT: 'http',
      DATA_DIR: temporaryFolder(t),
    })
    t.equal(status, command === 'audit verify' ? 2 : 1, command)
    t.match(stderr, /^threshold: PORT: /, command)
    t.notMatch(stdout + stderr, /^\s+at /m, command)
  }
})

t.test('a token is made with the development key, for the account and time that are asked for', async (t) => {
  const DATA_DIR = temporaryFolder(t)
  const made = await threshold(['token', '--as', 'auditor', '--authority', 'saltmere', '--minutes', '5'], { DATA_DIR })
  t.match(made, { status: 0, stderr: '' })
  const [header = '', payload = ''] = made.stdout.trim().split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  t.match(read(header), { alg: 'ES256', typ: 'at+jwt' })
  const { sub, authority, exp, iat } = read(payload)
  t.strictSame(
    { sub, authority, seconds: exp - iat },
    { sub: 'auditor@saltmere.example', authority: 'saltmere', seconds: 300 },
  )
  const { statSync } = await import('node:fs')
  t.equal(statSync(`${DATA_DIR}/development-key.json`).mode & 0o777, 0o600, 'the key is its owner’s alone')
  for (const minutes of ['0', '721', 'soon'])
    t.match(await threshold(['token', '--minutes', minutes], { DATA_DIR }), {
      status: 1,
      stderr: /--minutes: a number from 1 to 720/,
    })
})

t.test('where there is an identity provider, no development token is made', async (t) => {
  const settings = { ...AUTH, DATABASE_URL, DATA_DIR: temporaryFolder(t) }
  const { status, stdout, stderr } = await threshold(['token'], settings)
  t.match({ status, stdout, stderr }, { status: 1, stdout: '', stderr: /identity provider/ })
})

t.test('limits have a default each, and can be set', async (t) => {
  t.strictSame(readConfig({ RATE_LIMIT_HUMAN: '5', RATE_LIMIT_UNAUTHENTICATED: '7' }).limits, {
    ...{ human: 5, humanUrgent: 1200, system: 1200, systemUrgent: 6000 },
    ...{ unauthenticated: 7, viewsAnHour: 300 },
  })
})

const ISSUER = {
  issuer: 'https://id.northmoor.example',
  audience: 'threshold',
  jwksUrl: 'https://id.northmoor.example/keys',
  authorities: ['northmoor'],
}

t.test('several issuers come from a file, each for its own authorities', async (t) => {
  const file = join(temporaryFolder(t), 'issuers.json')
  const read = (text: string, more: Record<string, string> = {}) => {
    writeFileSync(file, text)
    return readConfig({ DATABASE_URL, NODE_ENV: 'production', KEYS_DIR: file, AUTH_ISSUERS_FILE: file, ...more })
  }
  const other = { ...ISSUER, issuer: 'https://id.saltmere.example', authorities: ['saltmere', 'oakhaven'] }
  const both = JSON.stringify({ issuers: [ISSUER, { ...other, algorithm: 'RS256', tokenType: 'JWT' }] })
  t.match(read(both).auth?.issuers, [
    { algorithm: 'ES256', tokenType: 'at+jwt', authorities: ['northmoor'], keys: { jwksUrl: ISSUER.jwksUrl } },
    { algorithm: 'RS256', tokenType: 'JWT', authorities: ['saltmere', 'oakhaven'] },
  ])
  const wrong: readonly [text: string, says: RegExp, more?: Record<string, string>][] = [
    ['{', /well-formed/],
    ['{"issuers":[],"issuers":[]}', /twice/],
    ['{"issuers":[]}', /issuers/],
    [JSON.stringify({ issuers: [ISSUER, ISSUER] }), /named once/],
    [JSON.stringify({ issuers: [{ ...ISSUER, authorities: [] }] }), /authorities/],
    [JSON.stringify({ issuers: [{ ...ISSUER, authorities: undefined }] }), /authorities/],
    [JSON.stringify({ issuers: [{ ...ISSUER, algorithm: 'HS256' }] }), /algorithm/],
    [JSON.stringify({ issuers: [{ ...ISSUER, algorithm: 'none' }] }), /algorithm/],
    [JSON.stringify({ issuers: [{ ...ISSUER, clockTolerance: 900 }] }), /issuers\.0/],
    [JSON.stringify({ issuers: [{ ...ISSUER, jwksUrl: 'http://id.example/keys' }] }), /over https/],
    [both, /not both/, AUTH],
  ]
  for (const [text, says, more] of wrong) t.throws(() => read(text, more), { message: says }, text)
  t.throws(() => readConfig({ AUTH_ISSUERS_FILE: `${file}.none` }), { message: /^AUTH_ISSUERS_FILE: .*cannot be read/ })
})

t.test(
  'an authority has one issuer, or nobody is let in: another could give somebody the subject of another person',
  async (t) => {
    const file = join(temporaryFolder(t), 'issuers.json')
    const read = (...lists: readonly (readonly string[])[]) => {
      const issuers = lists.map((authorities, i) => ({ ...ISSUER, issuer: `https://id${i}.example`, authorities }))
      writeFileSync(file, JSON.stringify({ issuers }))
      return readConfig({ DATABASE_URL, AUTH_ISSUERS_FILE: file }).auth?.issuers.length
    }
    t.equal(read(['northmoor', 'saltmere'], ['oakhaven']), 2)
    t.throws(() => read(['northmoor', 'saltmere'], ['oakhaven'], ['saltmere']), {
      name: 'ConfigurationError',
      message:
        /^AUTH_ISSUERS_FILE: issuers: saltmere has one issuer, not https:\/\/id0\.example and https:\/\/id2\.example\.$/,
    })
    t.throws(() => read(['northmoor', 'oakhaven'], ['oakhaven', 'northmoor']), { message: /northmoor.*oakhaven/ })
  },
)

t.test('a single issuer can be kept to authorities, and is fetched over https in production', async (t) => {
  const { auth } = readConfig({ ...AUTH, AUTH_AUTHORITIES: 'northmoor, saltmere', AUTH_TOKEN_TYPE: 'JWT' })
  t.match(auth, { issuers: [{ authorities: ['northmoor', 'saltmere'], tokenType: 'JWT' }] })
  t.throws(() => readConfig({ ...AUTH, AUTH_AUTHORITIES: 'Northmoor' }), { message: /^AUTH_AUTHORITIES: / })
  const bare = { ...AUTH, DATABASE_URL, AUTH_JWKS_URL: 'http://id.example/keys' }
  t.ok(readConfig(bare).auth, 'elsewhere http will do')
  t.throws(() => readConfig({ ...bare, KEYS_DIR: '/srv/keys', NODE_ENV: 'production' }), { message: /https/ })
})

t.test('the development key is for the embedded default alone, in whatever way it is asked for', async (t) => {
  const DATA_DIR = temporaryFolder(t)
  const embedded = { NODE_ENV: 'production', ALLOW_EMBEDDED_IN_PRODUCTION: 'true' }
  const settings: readonly Record<string, string>[] = [
    { DATABASE_URL },
    { DATABASE_URL, NODE_ENV: 'test' },
    { DATABASE_URL, NODE_ENV: 'production' },
    { DATABASE_URL, ...AUTH },
    embedded,
    { ...embedded, ...AUTH },
    AUTH,
  ]
  for (const one of settings) {
    const name = JSON.stringify(one)
    for (const purpose of ['serve', 'maintain'] as const) {
      const config = () => readConfig({ ...one, DATA_DIR }, purpose)
      await t.rejects(async () => await developmentKeyOf(config()), ConfigurationError, `${name} ${purpose}`)
      if (!('AUTH_ISSUER' in one))
        await t.rejects(async () => await verifierOf(config()), ConfigurationError, `${name} ${purpose}, verifier`)
    }
  }
  t.match(await threshold(['token'], { ...embedded, DATA_DIR }), { status: 1, stdout: '', stderr: /NODE_ENV/ })
  t.notOk(existsSync(join(DATA_DIR, 'development-key.json')), 'and none was made')
  for (const NODE_ENV of ['development', 'test']) t.ok(await developmentKeyOf(readConfig({ NODE_ENV, DATA_DIR })))
})

t.test('a development token is short-lived, for whoever makes one and for whoever takes one', async (t) => {
  const key = await developmentKeyOf(readConfig({ DATA_DIR: temporaryFolder(t) }))
  const now = Date.parse('2026-11-24T10:00:00.000Z')
  const whom = { subject: 'screener', authority: 'northmoor' }
  const longest = await issueDevelopmentToken(key, whom, { now, minutes: 720 })
  for (const minutes of [721, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    await t.rejects(issueDevelopmentToken(key, whom, { now, minutes }), RangeError)
  t.strictSame(await developmentVerifier(key, () => now)(longest), whom)
  t.strictSame(await developmentVerifier(key, () => now + 721 * 60_000)(longest), { refused: 'expired' })
  const longer = await new SignJWT({ authority: 'northmoor' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'development' })
    .setSubject('screener')
    .setIssuer('threshold-development')
    .setAudience('threshold')
    .setIssuedAt(now / 1000)
    .setExpirationTime(now / 1000 + 721 * 60)
    .sign(await importJWK(key, 'ES256'))
  t.strictSame(await developmentVerifier(key, () => now)(longer), { refused: 'lifetime' }, 'signed with the stolen key')
})
