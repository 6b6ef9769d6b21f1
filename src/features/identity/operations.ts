import { z } from 'zod'
import { ACCOUNT_KINDS, ROLES } from '../../db/tables/accounts.ts'
import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { defineOperation } from '../../kernel/operation.ts'

export const Me = z
  .object({
    accountId: z.string(),
    authority: z.string(),
    displayName: z.string(),
    kind: z.enum(ACCOUNT_KINDS),
    qualification: z.enum(QUALIFICATIONS).nullable(),
    agency: z.string().nullable(),
    roles: z.array(z.enum(ROLES)),
  })
  .meta({ id: 'Me' })

export const me = defineOperation({
  name: 'me',
  kind: 'query',
  summary: 'Who the token is, and which roles and qualification it has at this moment',
  allow: [...ROLES],
  route: 'GET /v1/me',
  params: {},
  output: Me,
  async run({ actor }) {
    const { accountId, displayName, kind, qualification, agency, roles } = actor
    return { accountId, authority: actor.authorityCode, displayName, kind, qualification, agency, roles: [...roles] }
  },
})
