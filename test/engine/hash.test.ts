/** Content hashes: RFC 8785 canonical JSON, against published vectors where they are at hand. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { canonical, contentHash, sha256 } from '../../src/engine/hash.ts'

const VECTORS = join(
  process.env['VECTORS_DIR'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url)),
  'jcs',
)

t.test(
  'the published vectors of RFC 8785 come out byte for byte',
  { skip: existsSync(VECTORS) ? false : `no vectors at ${VECTORS}` },
  async (t) => {
    const names = readdirSync(join(VECTORS, 'input'))
    for (const name of names) {
      const input: unknown = JSON.parse(readFileSync(join(VECTORS, 'input', name), 'utf8'))
      t.equal(canonical(input), readFileSync(join(VECTORS, 'output', name), 'utf8'), name)
      const hex = readFileSync(join(VECTORS, 'outhex', name.replace('.json', '.txt')), 'utf8').replaceAll(/\s/g, '')
      t.equal(Buffer.from(canonical(input), 'utf8').toString('hex'), hex, `${name} as bytes`)
    }
    t.ok(names.length > 0)
    t.comment(`${names.length} vectors of RFC 8785`)
  },
)

t.test('the order of keys is no part of a value, the order of a list is', async (t) => {
  t.equal(contentHash({ a: 1, b: { c: 2, d: 3 } }), contentHash({ b: { d: 3, c: 2 }, a: 1 }))
  t.not(contentHash([1, 2]), contentHash([2, 1]))
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
  const sorted = Object.keys(JSON.parse(canonical(Object.fromEntries(keys.map((key) => [`-${key}`, 0])))) as object)
  t.same(
    sorted,
    ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'].map((key) => `-${key}`),
    'as in section 3.2.3 of the RFC',
  )
})

t.test('what JSON cannot say has no hash', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, { a: Number.NEGATIVE_INFINITY }])
    t.throws(() => canonical(value), String(value))
  t.throws(() => canonical('half of a pair: \ud800'), 'a lone surrogate')
  t.throws(() => canonical({ '\udc00': 1 }), 'a lone surrogate in a key')
})

t.test('the hash is SHA-256 of the UTF-8 bytes', async (t) => {
  t.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  t.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.equal(contentHash({}), sha256('{}'))
  t.equal(
    sha256('\u00e4'),
    createHash('sha256')
      .update(Buffer.from([0xc3, 0xa4]))
      .digest('hex'),
  )
})
