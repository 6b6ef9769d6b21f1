import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { Letter } from './model.ts'
import { READERS } from './operations.ts'
import { lettersOf } from './queries.ts'

export const referralLetters = defineRelation({
  on: 'Referral',
  name: 'letters',
  summary: 'Letters that the reader may read, newest first',
  allow: READERS,
  output: z.array(Letter),
  async load({ tx, actor, now }, parents) {
    const found = await lettersOf(tx, actor, { referralIds: parents.map(({ id }) => String(id)), now })
    return parents.map(({ id }) => found.filter(({ referralId }) => referralId === id))
  },
})
