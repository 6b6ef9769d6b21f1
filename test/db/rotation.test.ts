// A new key of an authority, and the end of the old one, with the service running.
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import { addKey, keyFolder, removeKey, requireKeys } from '../../src/db/key-folder.ts'
import { rewrapKeys, whenUnused } from '../../src/db/rotation.ts'
import { referralKeys, referrals } from '../../src/db/tables/index.ts'
import { setAuthority } from '../../src/db/tenant.ts'
import { open, seal, useVault, vaultOver } from '../../src/db/vault.ts'
import { sealingKeys } from '../../src/kernel/sealing.ts'
import { temporaryFolder } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId } = world
const folder = temporaryFolder(t)
const vault = vaultOver(keyFolder(folder))

/** The key of a referral as the service has it. */
const keyOf = (id: string): Promise<Buffer> =>
  database.withTenant(authorityId, async (tx) => {
    useVault(tx, vault)
    return (await sealingKeys(tx, authorityId, [id])).get(id) as Buffer
  })

/** What a backup of the database has. */
const stored = async () =>
  (
    await database.db.execute<{ id: string; wrapped_by: string; wrapped: Buffer }>(sql`
    select id, wrapped_by, wrapped from referral_keys where authority_id = ${authorityId} order by id`)
  ).rows

t.test(
  'keys of referrals are wrapped anew while the service goes on, and an old key opens only old copies',
  async (t) => {
    // What is planted is wrapped by nothing real.
    await database.asOwner(async (tx) => {
      await tx.execute(sql`set local session_replication_role = 'replica'`)
      await tx.execute(sql`delete from referral_keys where authority_id = ${authorityId}`)
    })
    const add = async (): Promise<string> => {
      const id = randomUUID()
      await database.withTenant(authorityId, async (tx) => {
        await tx.insert(referrals).values(fixtures.referralRow(world, { id }))
      })
      await keyOf(id)
      return id
    }
    // The authority's own key is one like the others.
    await keyOf(authorityId)
    const ids = [await add(), await add(), authorityId]
    const keys = await Promise.all(ids.map(keyOf))
    const backup = await stored()
    const old = requireKeys(folder, authorityId)
    t.strictSame([...old.keys.keys()], ['1'])
    t.throws(() => removeKey(folder, authorityId, '1'), { name: 'VaultError', message: /active/ })

    t.equal(addKey(folder, authorityId), '2')
    const fresh = await add()
    t.equal(
      (await stored()).find(({ id }) => id === fresh)?.wrapped_by,
      '2',
      'a running service takes the new key at once',
    )
    await t.rejects(
      whenUnused(database, authorityId, '1', () => t.fail('removed')),
      { name: 'VaultError', message: /3 keys are still wrapped/ },
    )
    t.equal(await rewrapKeys(database, authorityId, requireKeys(folder, authorityId)), 3)
    t.equal(
      await rewrapKeys(database, authorityId, requireKeys(folder, authorityId)),
      0,
      'run again it changes nothing',
    )
    t.ok((await stored()).every(({ wrapped_by }) => wrapped_by === '2'))
    await whenUnused(database, authorityId, '1', () => removeKey(folder, authorityId, '1'))
    t.notMatch(readFileSync(join(folder, `${authorityId}.keys.json`), 'utf8'), /"1"/)
    t.strictSame(await Promise.all(ids.map(keyOf)), keys, 'the keys of the referrals are what they were')

    const [copy] = backup
    if (!copy) throw new Error('There is no copy')
    const opened = (by: Buffer | undefined) => open(by ?? randomBytes(32), copy.wrapped, authorityId)
    t.strictSame(opened(old.keys.get('1')), keys[ids.indexOf(copy.id)], 'whoever kept the old key opens the old copy')
    for (const key of requireKeys(folder, authorityId).keys.values())
      t.throws(() => opened(key), { name: 'VaultError' }, 'and nobody else does')
  },
)

t.test('a key that cannot be opened stops a rotation and changes nothing of its batch', async (t) => {
  const id = randomUUID()
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(referrals).values(fixtures.referralRow(world, { id }))
    const wrapped = seal(randomBytes(32), randomBytes(32), authorityId)
    await tx.insert(referralKeys).values({ authorityId, id, wrappedBy: '2', wrapped })
  })
  const before = await stored()
  addKey(folder, authorityId)
  await t.rejects(rewrapKeys(database, authorityId, requireKeys(folder, authorityId)), { name: 'VaultError' })
  t.strictSame(await stored(), before)
  const byService = database.withTenant(authorityId, async (tx) => {
    await setAuthority(tx, authorityId)
    await tx.execute(sql`select set_config('app.rewrapping', 'on', true)`)
    await tx.execute(sql`update referral_keys set wrapped_by = '9'`)
  })
  await t.rejects(byService, { name: 'DatabaseError', sqlstate: '42501' }, 'the service wraps nothing anew')
})
