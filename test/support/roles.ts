/** Roles as the set-up would change them, behind the back of the operations: for tests of what happens next. */
import { randomUUID } from 'node:crypto'
import type { Role } from '../../src/db/tables/accounts.ts'
import type { World } from './world.ts'

const CHANGE = `insert into account_changes (authority_id, id, account_id, sequence, kind, role, changed_at)
  select authority_id, $2, id,
    1 + (select coalesce(max(sequence), 0) from account_changes c where c.authority_id = r.authority_id and c.account_id = r.id),
    $3, $4, '2026-01-01T00:00:00Z'
  from account_records r where id = $1`

export async function grantRole(world: World, accountId: string, role: Role): Promise<void> {
  await world.sql(CHANGE, [accountId, randomUUID(), 'role_granted', role])
}

export async function revokeRole(world: World, accountId: string, role: Role): Promise<void> {
  await world.sql(CHANGE, [accountId, randomUUID(), 'role_revoked', role])
}

export async function disable(world: World, accountId: string): Promise<void> {
  await world.sql(CHANGE, [accountId, randomUUID(), 'disabled', null])
}
