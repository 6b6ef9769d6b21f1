import { z } from 'zod'
import { getTableName } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { EVIDENCE_FORMAT } from '../../engine/audit/evidence.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { evidenceOf } from '../audit/index.ts'
import { getDecisionSeen } from './queries.ts'

const EvidenceRecord = z
  .object({
    table: z.string(),
    id: z.string(),
    content: z.string().optional().describe('The record as it was stored, as canonical JSON.'),
    salt: z.string().optional().describe('With the content it gives the commitment in the leaf.'),
    erased: z.literal(true).optional().describe('It was disposed of.'),
  })
  .meta({ id: 'EvidenceRecord' })

export const Evidence = z
  .object({
    format: z.literal(EVIDENCE_FORMAT),
    authority: z.string(),
    log: z.enum(['decisions', 'access']),
    leaf: z.string().describe('The entry of the log, byte for byte.'),
    records: z.array(EvidenceRecord),
    proof: z.string().describe('That the entry stands in the signed log (C2SP tlog-proof).'),
  })
  .meta({
    id: 'DecisionEvidence',
    description:
      'One decision with the proof that it is the one that was recorded. `threshold audit verify --proof` checks it without this service, and it tells of no other child.',
  })

export const decisionEvidence = defineOperation({
  name: 'decisionEvidence',
  kind: 'query',
  summary: 'A decision to hand out, with a proof that anybody can check',
  allow: ['supervisor', 'auditor'],
  route: 'GET /v1/decisions/{decisionId}/evidence',
  params: { decisionId: Id },
  output: Evidence,
  isExport: true,
  async run({ tx, actor }, { decisionId }) {
    await getDecisionSeen(tx, actor, decisionId)
    const { records = [], ...evidence } = await evidenceOf(tx, actor.authorityId, {
      table: getTableName(decisions),
      id: decisionId,
    })
    return { ...evidence, records: [...records] }
  },
})
