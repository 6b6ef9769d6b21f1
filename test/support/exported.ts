/** Exports of a log as the command writes them, and what the offline verifier says of them. */
import type { TenantTx } from '../../src/db/tenant.ts'
import { readVerifierKey } from '../../src/engine/audit/note.ts'
import type { ExportResult } from '../../src/engine/audit/result.ts'
import { ExportVerifier } from '../../src/engine/audit/verify-export.ts'
import { exportLines } from '../../src/features/audit/export.ts'
import type { Json } from './surfaces.ts'
import type { Authority, World } from './world.ts'

type Log = 'decisions' | 'access'

export async function exported(world: World, la: Authority, log: Log, withContents = true): Promise<string> {
  const { service } = world.signing
  const written = async (tx: TenantTx): Promise<string> => {
    let text = ''
    for await (const line of exportLines(tx, { authorityId: la.id, log, service, withContents })) text += line
    return text
  }
  return await world.database.withTenant(la.id, written, undefined, { isSnapshot: true })
}

/** How the logs of an authority stand, those that were signed. */
export async function signedLogs(la: Authority): Promise<Json[]> {
  const { body } = await la.rest('auditor', 'GET', '/v1/audit/status')
  return (body.logs as Json[]).filter((one) => one.signed)
}

export function verifiedOffline(text: string, verifierKey: string, held: readonly string[]): ExportResult {
  const verifier = new ExportVerifier({ keys: [readVerifierKey(verifierKey)], held })
  verifier.write(Buffer.from(text))
  return verifier.end()
}
