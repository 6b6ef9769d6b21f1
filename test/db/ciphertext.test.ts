// What is sealed cannot be changed unseen: neither the content of a record, nor the key of a referral.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { memoryKeys, open, seal, VaultError, vaultOver } from '../../src/db/vault.ts'

const key = randomBytes(32)
const content = Buffer.from('Siân said that the door was locked. 🙂')
const about = 'northmoor/decisions/1'

/** The same bytes with one bit another, for each bit. */
function* flipped(bytes: Uint8Array): Generator<[number, Buffer]> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = Buffer.from(bytes)
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield [bit, copy]
  }
}

t.test('no bit of what is sealed can be another: nonce, ciphertext or tag', async (t) => {
  const sealed = seal(key, content, about)
  t.strictSame(open(key, sealed, about), content, 'as it is')
  t.notOk(sealed.includes(Buffer.from('locked')), 'and it is sealed')
  for (const [bit, changed] of flipped(sealed)) t.throws(() => open(key, changed, about), VaultError, `bit ${bit}`)
  for (let length = 0; length < sealed.length; length++)
    t.throws(() => open(key, sealed.subarray(0, length), about), VaultError, `cut to ${length} bytes`)
  t.throws(() => open(key, Buffer.concat([sealed, Buffer.alloc(1)]), about), VaultError, 'a byte more')
})

t.test('what is sealed opens by its key and for its record alone', async (t) => {
  const sealed = seal(key, content, about)
  for (const [bit, other] of flipped(key))
    t.throws(() => open(other, sealed, about), VaultError, `bit ${bit} of the key`)
  for (const other of ['', 'saltmere/decisions/1', 'northmoor/decisions/2', 'northmoor/referrals/1'])
    t.throws(() => open(key, sealed, other), VaultError, other)
  t.notSame(seal(key, content, about), sealed, 'the same content is never sealed to the same bytes')
})

t.test('no bit of a wrapped key can be another, nor can another authority unwrap it', async (t) => {
  const vault = vaultOver(memoryKeys())
  const first = async () => true
  const { key: made, wrapped, wrappedBy } = await vault.newKey('northmoor', first)
  await vault.newKey('saltmere', first)
  t.strictSame(vault.unwrap('northmoor', { wrapped, wrappedBy }), made)
  t.throws(() => vault.unwrap('saltmere', { wrapped, wrappedBy }), VaultError)
  for (const [bit, changed] of flipped(wrapped))
    t.throws(() => vault.unwrap('northmoor', { wrapped: changed, wrappedBy }), VaultError, `bit ${bit}`)
})
