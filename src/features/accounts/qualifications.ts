/** What a person is qualified for: a fact with its evidence, apart from the roles. */
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { change, KEEPERS } from './change.ts'
import { AccountReason, AccountReceipt, QualificationEvidence } from './model.ts'
import { requireQualifiable, requireQualified } from './rules.ts'

export const setQualification = defineOperation({
  name: 'setQualification',
  kind: 'command',
  summary:
    'Record that a person is qualified, with the number in the register; again when the register was looked up again',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/qualification',
  status: 201,
  params: { accountId: Id },
  body: QualificationEvidence,
  output: AccountReceipt,
  run: async (context, { accountId, body }) =>
    await change(context, accountId, { kind: 'qualified', values: body, require: requireQualifiable }),
})

export const withdrawQualification = defineOperation({
  name: 'withdrawQualification',
  kind: 'command',
  summary: 'Record that a person is qualified no longer, from their next request on',
  allow: KEEPERS,
  route: 'POST /v1/accounts/{accountId}/qualification/withdrawal',
  status: 201,
  params: { accountId: Id },
  body: AccountReason,
  output: AccountReceipt,
  run: async (context, { accountId, body: { reason } }) =>
    await change(context, accountId, { kind: 'unqualified', values: { reason }, require: requireQualified }),
})
