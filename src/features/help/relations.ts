import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { Help } from './model.ts'
import { READERS } from './operations.ts'
import { helpOf } from './queries.ts'

export const decisionHelp = defineRelation({
  on: 'Decision',
  name: 'help',
  summary: 'Help that was arranged, and what became of it; none while the decision is hidden',
  allow: READERS,
  output: z.array(Help),
  async load({ tx, actor, now }, parents) {
    const decisionIds = parents.filter(({ hidden }) => hidden === null).map(({ id }) => String(id))
    const found = await helpOf(tx, actor, { decisionIds, now })
    return parents.map(({ id }) => found.filter(({ decisionId }) => decisionId === id))
  },
})
