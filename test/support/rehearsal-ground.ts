/** An authority with two published versions, many stored referrals, and a rehearsal of the later version that waits. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../../src/db/connect.ts'
import type { Policy } from '../../src/engine/index.ts'
import { provideAccount, provideAuthority } from '../../src/features/identity/provision.ts'
import { checkTexts } from '../../src/features/policies/files.ts'
import { getVersion } from '../../src/features/policies/index.ts'
import { publishFile } from '../../src/features/policies/publish.ts'
import { startRehearsal } from '../../src/features/rehearsals/operations.ts'
import { execute } from '../../src/kernel/execute.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { draftFiles, LOWERED, northmoorFiles } from './rehearsing.ts'
import { storeReferrals } from './stored.ts'

export interface Ground {
  readonly authorityId: string
  readonly rehearsalId: string
  readonly before: Policy
  readonly after: Policy
}

const newId = idsInOrder(Date.now, randomBytes)

export async function prepareGround(database: Database, size: number): Promise<Ground> {
  const making = { now: '2026-04-02T09:00:00.000Z', newId }
  const code = `la-${newId()}`
  const authority = await provideAuthority(database, { code, name: 'Northmoor' }, making)
  const subject = 'author@northmoor.example'
  const displayName = 'The author'
  const account = { subject, displayName, kind: 'human', roles: ['policy_author'] } as const
  const accountId = await provideAccount(database, authority, account, making)
  const [before, after] = await Promise.all([northmoorFiles(), draftFiles(LOWERED)].map(published))
  async function published(files: { policy: string; cases: string }): Promise<Policy> {
    const texts = { ...files, cases: null, base: null }
    const { policy } = checkTexts(texts)
    if (!policy) throw new Error('The policy does not compile')
    await publishFile(database, authority.id, { policy, texts }, making)
    return policy
  }
  if (!before || !after) throw new Error('Nothing was published')
  const version = ({ id, version }: Policy) => ({ policy: id, version })
  const { id: policyVersionId } = await database.withTenant(authority.id, (tx) =>
    getVersion(tx, authority.id, version(before)),
  )
  await storeReferrals(database, { authorityId: authority.id, accountId, policyVersionId, policy: before }, 0, size)
  const actor = {
    ...{ accountId, authorityId: authority.id, authorityCode: code, subject, displayName, kind: 'human' as const },
    ...{ qualification: null, agency: null, roles: ['policy_author' as const] },
  }
  const caller = { database, actor, now: new Date().toISOString(), newId, idempotencyKey: newId() }
  const body = { version: version(after), against: version(before) }
  const { output } = await execute(startRehearsal, caller, { params: {}, body })
  return {
    authorityId: authority.id,
    rehearsalId: (output as { rehearsal: { id: string } }).rehearsal.id,
    before,
    after,
  }
}
