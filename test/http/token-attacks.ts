/** Tokens as an attacker makes them, byte by byte: nothing here asks a library whether what it makes is allowed. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { TokenFault } from '../../src/features/identity/compact.ts'

export const OURS = 'threshold'

/** An issuer with its key pair. */
export interface Forge {
  readonly issuer: string
  readonly kid: string
  readonly alg: 'ES256' | 'RS256'
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function forge(issuer: string, kid: string, alg: Forge['alg'] = 'ES256'): Forge {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { issuer, kid, alg, ...pair }
}

export const publicJwk = ({ kid, alg, publicKey }: Forge) => ({ ...publicKey.export({ format: 'jwk' }), kid, alg })

const encode = (text: string | Buffer): string => Buffer.from(text).toString('base64url')
type Members = Readonly<Record<string, unknown>>

export interface Made {
  /** Members to add, or to leave out where undefined. */
  readonly header?: Members
  readonly claims?: Members
  /** The text of the payload, where JSON.stringify would not write it. */
  readonly claimsText?: (text: string) => string
  readonly headerText?: (text: string) => string
  readonly signature?: (input: string) => Buffer
}

export const signed = ({ alg, privateKey }: Pick<Forge, 'alg' | 'privateKey'>, input: string): Buffer =>
  sign('sha256', Buffer.from(input), alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey)

/** What a good token of this issuer claims. */
export interface Whom {
  readonly subject: string
  readonly authority: string
  /** Seconds since 1970. */
  readonly now: number
}

export function token(by: Forge, { subject, authority, now }: Whom, made: Made = {}): string {
  const { header = {}, claims = {}, claimsText = (text) => text, headerText = (text) => text } = made
  const top = { alg: by.alg, typ: 'at+jwt', kid: by.kid, ...header }
  const body = { iss: by.issuer, aud: OURS, sub: subject, authority, iat: now, exp: now + 600, ...claims }
  const input = `${encode(headerText(JSON.stringify(top)))}.${encode(claimsText(JSON.stringify(body)))}`
  return `${input}.${encode((made.signature ?? ((text: string) => signed(by, text)))(input))}`
}

export type Attack = readonly [name: string, token: string, reason: TokenFault | 'unknown_subject']

export interface Ground {
  readonly own: Forge
  readonly rsa: Forge
  /** An issuer that may speak for another authority alone. */
  readonly other: Forge
  readonly whom: Whom
}

export function attacks(ground: Ground): readonly Attack[] {
  return [...onForm(ground), ...onHeaders(ground), ...onSignatures(ground), ...onClaims(ground), ...onTimes(ground)]
}

function onForm({ own, whom }: Ground): Attack[] {
  const good = token(own, whom)
  const [header = '', claims = '', signature = ''] = good.split('.')
  const json = JSON.stringify({ payload: claims, protected: header, signature })
  const twisted = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    .map((last) => `${header}.${claims}.${signature.slice(0, -1)}${last}`)
    // Two of the bits of the last sign belong to the signature, four to nothing.
    .filter((text) => text !== good && Buffer.from(text, 'base64url').equals(Buffer.from(good, 'base64url')))
  const nested = encode(good)
  return [
    ['a fourth part', `${good}.e30`, 'malformed'],
    ['the five parts of encryption', `${header}.e30.e30.${claims}.e30`, 'malformed'],
    ['a part less', `${header}.${claims}`, 'malformed'],
    ['an empty signature', `${header}.${claims}.`, 'malformed'],
    ['a dot at the end', `${good}.`, 'malformed'],
    ['padding', `${good}=`, 'malformed'],
    ['padding in the header', `${header}=.${claims}.${signature}`, 'malformed'],
    ['the alphabet of plain base64', `${header}.${claims}.+/${signature.slice(2)}`, 'malformed'],
    ['the JSON serialisation', encode(json), 'malformed'],
    ['the JSON serialisation, bare', json.replaceAll(' ', ''), 'malformed'],
    ...twisted.map((text, i): Attack => [`bits of nothing at the end (${i})`, text, 'malformed']),
    ['a length that base64url does not have', `${header}.${claims}.${signature}AAA`, 'malformed'],
    ['a signed token in a signed token', `${header}.${nested}.${signature}`, 'malformed'],
    ['100 kB', token(own, whom, { claims: { more: 'x'.repeat(100_000) } }), 'too_long'],
    ['a header that is no object', `${encode('[]')}.${claims}.${signature}`, 'malformed'],
    ['a payload that is no object', `${header}.${encode('"x"')}.${signature}`, 'malformed'],
    ['a payload that is null', `${header}.${encode('null')}.${signature}`, 'malformed'],
    ['bytes that are no UTF-8', `${header}.${encode(Buffer.from([0x7b, 0xff, 0x7d]))}.${signature}`, 'malformed'],
    ['a byte order mark', token(own, whom, { claimsText: (text) => `\ufeff${text}` }), 'malformed'],
  ]
}

function onHeaders({ own, rsa, whom }: Ground): Attack[] {
  const headed = (header: Members): string => token(own, whom, { header })
  const stranger = forge(own.issuer, own.kid)
  const embedded = token(stranger, whom, { header: { jwk: publicJwk(stranger) } })
  return [
    ['a critical parameter that nobody knows', headed({ crit: ['x'], x: 1 }), 'header'],
    ['an empty list of critical parameters', headed({ crit: [] }), 'header'],
    ['a payload that is not encoded', headed({ b64: false, crit: ['b64'] }), 'header'],
    ['b64 without crit', headed({ b64: false }), 'header'],
    ['an address of keys', headed({ jku: 'https://evil.example/keys' }), 'header'],
    ['an address of certificates', headed({ x5u: 'https://evil.example/chain' }), 'header'],
    ['a chain of certificates', headed({ x5c: ['MIIB'] }), 'header'],
    ['a key of its own', embedded, 'header'],
    ['nesting', headed({ cty: 'JWT' }), 'header'],
    ['encryption', headed({ enc: 'A256GCM' }), 'header'],
    ['a key id that is a path', headed({ kid: '../../dev/null' }), 'key'],
    ['a key id that is SQL', headed({ kid: "' or 1=1 --" }), 'key'],
    ['a key id that is a prototype', headed({ kid: '__proto__' }), 'key'],
    ['a key id of 10 kB', headed({ kid: 'k'.repeat(10_000) }), 'too_long'],
    ['a key id of 300 characters', headed({ kid: 'k'.repeat(300) }), 'header'],
    ['a key id that is a number', headed({ kid: 1 }), 'header'],
    ['a key id that is empty', headed({ kid: '' }), 'header'],
    ['no key id', headed({ kid: undefined }), 'header'],
    ['the key id of another issuer', headed({ kid: rsa.kid }), 'key'],
    ['a key id twice', token(own, whom, { headerText: (text) => text.replace('{', '{"kid":"x",') }), 'malformed'],
    [
      'an algorithm twice',
      token(own, whom, { headerText: (text) => text.replace('{', '{"alg":"none",') }),
      'malformed',
    ],
    [
      'the prototype as a parameter',
      token(own, whom, { headerText: (text) => text.replace('{', '{"__proto__":{},') }),
      'malformed',
    ],
    ['an ID token', headed({ typ: 'JWT' }), 'type'],
    ['a token to log out', headed({ typ: 'logout+jwt' }), 'type'],
    ['no type', headed({ typ: undefined }), 'type'],
    ['a list of types', headed({ typ: ['at+jwt'] }), 'type'],
  ]
}

function onSignatures({ own, rsa, other, whom }: Ground): Attack[] {
  const unsigned = ['none', 'None', 'nOnE', 'NONE', ''].map((alg): Attack => {
    return [`algorithm “${alg}”`, token(own, whom, { header: { alg } }), 'algorithm']
  })
  const hmac = (secret: string | Buffer) => (input: string) => createHmac('sha256', secret).update(input).digest()
  const spki = rsa.publicKey.export({ format: 'pem', type: 'spki' })
  const confused = (signature: Made['signature'], by = rsa) =>
    token(by, whom, { header: { alg: 'HS256' }, ...(signature ? { signature } : {}) })
  const der = (input: string) => sign('sha256', Buffer.from(input), own.privateKey)
  const broken = (change: (bytes: Buffer) => Buffer) =>
    token(own, whom, { signature: (input) => change(signed(own, input)) })
  const stranger = forge(own.issuer, own.kid)
  const [header = '', , signature = ''] = token(own, whom).split('.')
  const stolen = token(own, { ...whom, subject: 'administrator@x.example' }).split('.')[1]
  return [
    ...unsigned,
    ['no algorithm', token(own, whom, { header: { alg: undefined } }), 'algorithm'],
    ['the public RSA key as a secret', confused(hmac(spki)), 'algorithm'],
    ['the public key as a secret, as JSON', confused(hmac(JSON.stringify(publicJwk(own))), own), 'algorithm'],
    ['an empty secret', confused(hmac(''), own), 'algorithm'],
    ['another algorithm of the same key', token(rsa, whom, { header: { alg: 'PS256' } }), 'algorithm'],
    ['the algorithm of another issuer', token(own, whom, { header: { alg: 'RS256' } }), 'algorithm'],
    ['r and s nought', token(own, whom, { signature: () => Buffer.alloc(64) }), 'signature'],
    [
      'r and s the order of the curve',
      token(own, whom, { signature: () => Buffer.concat([ORDER, ORDER]) }),
      'signature',
    ],
    ['DER where r and s stand plainly', token(own, whom, { signature: der }), 'signature'],
    ['a signature cut short', broken((bytes) => bytes.subarray(0, 63)), 'signature'],
    ['a signature made longer', broken((bytes) => Buffer.concat([bytes, Buffer.from([0])])), 'signature'],
    ['a bit of the signature turned', broken((bytes) => turned(bytes)), 'signature'],
    ['a stranger’s key under our name', token(stranger, whom), 'signature'],
    ['another issuer’s key under our name', token({ ...other, issuer: own.issuer, kid: own.kid }, whom), 'signature'],
    ['the payload of another token', `${header}.${stolen}.${signature}`, 'signature'],
  ]
}

const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')

function turned(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[40] = (copy[40] ?? 0) ^ 1
  return copy
}

function onClaims({ own, other, whom }: Ground): Attack[] {
  const claiming = (claims: Members): string => token(own, whom, { claims })
  const twice = (name: string, value: unknown): string =>
    token(own, whom, { claimsText: (text) => text.replace('{', `{"${name}":${JSON.stringify(value)},`) })
  return [
    ['a subject twice', twice('sub', 'administrator@x.example'), 'malformed'],
    ['an audience twice', twice('aud', 'another'), 'malformed'],
    ['an expiry twice', twice('exp', whom.now + 60), 'malformed'],
    ['a subject twice, once with an escape', twice('\\u0073ub', 'x'), 'malformed'],
    ['no audience', claiming({ aud: undefined }), 'audience'],
    ['another audience', claiming({ aud: 'another' }), 'audience'],
    ['our audience and another', claiming({ aud: [OURS, 'another'] }), 'audience'],
    ['our audience twice', claiming({ aud: [OURS, OURS] }), 'audience'],
    ['no audience in the list', claiming({ aud: [] }), 'audience'],
    ['our audience in capitals', claiming({ aud: OURS.toUpperCase() }), 'audience'],
    ['an audience that holds ours', claiming({ aud: `${OURS}-admin` }), 'audience'],
    ['an audience that is an object', claiming({ aud: { [OURS]: true } }), 'audience'],
    ['no issuer', claiming({ iss: undefined }), 'issuer'],
    ['an unknown issuer', claiming({ iss: 'https://evil.example' }), 'issuer'],
    ['our issuer with a stroke', claiming({ iss: `${own.issuer}/` }), 'issuer'],
    ['a list of issuers', claiming({ iss: [own.issuer] }), 'issuer'],
    ['an issuer that is a prototype', claiming({ iss: 'constructor' }), 'issuer'],
    ['the issuer of another authority', token(other, whom), 'authority'],
    ['no authority, of an issuer of several', claiming({ authority: undefined }), 'authority'],
    ['an authority beyond the issuer’s', claiming({ authority: 'nowhere' }), 'authority'],
    ['a list of authorities', claiming({ authority: [whom.authority] }), 'authority'],
    ['an authority in capitals', claiming({ authority: whom.authority.toUpperCase() }), 'authority'],
    ['an authority that is SQL', claiming({ authority: "x' or 1=1" }), 'authority'],
    ['an empty subject', claiming({ sub: '' }), 'subject'],
    ['a subject of blanks', claiming({ sub: '  ' }), 'subject'],
    ['a blank after the subject', claiming({ sub: `${whom.subject} ` }), 'subject'],
    ['no subject', claiming({ sub: undefined }), 'subject'],
    ['a subject that is null', claiming({ sub: null }), 'subject'],
    ['a list of subjects', claiming({ sub: [whom.subject] }), 'subject'],
    ['a subject with NUL', claiming({ sub: `${whom.subject}\u0000` }), 'subject'],
    ['a subject of 300 characters', claiming({ sub: 's'.repeat(300) }), 'subject'],
    ['a subject in capitals', claiming({ sub: whom.subject.toUpperCase() }), 'unknown_subject'],
    ['the nonce of an ID token', claiming({ nonce: 'n' }), 'id_token'],
    ['the at_hash of an ID token', claiming({ at_hash: 'h' }), 'id_token'],
  ]
}

function onTimes({ own, whom }: Ground): Attack[] {
  const { now } = whom
  const claiming = (claims: Members): string => token(own, whom, { claims })
  const written = (text: string): string =>
    token(own, whom, { claimsText: (body) => body.replace(/"exp":\d+/, `"exp":${text}`) })
  return [
    ['no expiry', claiming({ exp: undefined }), 'times'],
    ['expired', claiming({ exp: now - 61 }), 'expired'],
    ['expired by the skew exactly', claiming({ exp: now - 60 }), 'expired'],
    ['an expiry that is NaN', written('NaN'), 'malformed'],
    ['an expiry beyond all numbers', written('1e400'), 'malformed'],
    ['an expiry that is infinite', written('Infinity'), 'malformed'],
    ['an expiry in words', claiming({ exp: String(now + 600) }), 'times'],
    ['an expiry below nought', claiming({ exp: -1 }), 'expired'],
    ['an expiry that is null', claiming({ exp: null }), 'times'],
    ['an expiry of half a second', claiming({ exp: now + 600.5 }), 'times'],
    ['an expiry in the year 9999', claiming({ exp: 253_370_764_800 }), 'lifetime'],
    ['an expiry in milliseconds', claiming({ exp: (now + 600) * 1000 }), 'lifetime'],
    ['no time of issue', claiming({ iat: undefined }), 'times'],
    ['a time of issue in words', claiming({ iat: String(now) }), 'times'],
    ['issued beyond the skew in the future', claiming({ iat: now + 61 }), 'issued_in_future'],
    ['valid from beyond the skew', claiming({ nbf: now + 61 }), 'not_yet_valid'],
    ['a time to begin in words', claiming({ nbf: String(now) }), 'not_yet_valid'],
  ]
}
