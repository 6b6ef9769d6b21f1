/** Ground for challenges: Northmoor with the classic ladder, a head and a director, and a decision below the threshold. */
import { randomBytes, randomUUID } from 'node:crypto'
import { provideAccount } from '../../src/features/identity/provision.ts'
import { checkTexts } from '../../src/features/policies/files.ts'
import { publishFile, type Sourced } from '../../src/features/policies/publish.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { decided, received, recommendedFor } from './flow.ts'
import { edited } from './policies.ts'
import { NORTHMOOR } from './policy-flow.ts'
import { levelThree, type ReferralBody } from './referrals.ts'
import type { Call, Json, Surface } from './surfaces.ts'
import type { Account, Authority, World } from './world.ts'

export interface Ground extends Authority {
  readonly on: Call
  readonly surface: Surface
  readonly head: Account
  readonly director: Account
}

let classic: Sourced | undefined

/** Northmoor's policy with another ladder and without chance, so that no decision is drawn for a second screening. */
function classicPolicy(): Sourced {
  if (classic) return classic
  const [own = ''] = /escalation:\n(?: {4}- .*\n)+/.exec(NORTHMOOR.policy) ?? []
  const ladder = `escalation:
    - { stage: 1, role: Team Manager, withinWorkingDays: 1 }
    - { stage: 2, role: Head of Service, withinWorkingDays: 2, urgentHours: 24 }
    - { stage: 3, role: Assistant Director, withinWorkingDays: 3, urgentHours: 12 }
    - { stage: 4, role: Director of Children's Services, withinWorkingDays: 5, urgentHours: 4 }
`
  const policy = edited(NORTHMOOR.policy, [own, ladder], ['randomPercent: 10', 'randomPercent: 0'])
  const loaded = checkTexts({ policy, base: null, cases: null })
  if (!loaded.policy || !loaded.texts) throw new Error('The policy with the classic ladder does not compile')
  classic = { policy: loaded.policy, texts: loaded.texts }
  return classic
}

/** An authority of the test's own, with that policy unless a shipped one is named. */
export async function ground(world: World, surface: Surface, policyFile: string | null = null): Promise<Ground> {
  const la = await world.authority(policyFile)
  const making = () => ({
    now: new Date(world.clock.now).toISOString(),
    newId: idsInOrder(() => world.clock.now, randomBytes),
  })
  if (policyFile === null) await publishFile(world.database, la.id, classicPolicy(), making())
  const [head, director] = [await supervisor('head'), await supervisor('director')]
  return { ...la, surface, head, director, on: (who, name, request) => la.call(surface, who, name, request) }

  async function supervisor(name: string): Promise<Account> {
    const subject = `${name}-${randomUUID()}@example`
    const spec = { kind: 'human', roles: ['screener', 'supervisor'], qualification: 'social_work' } as const
    const made = { ...spec, roles: [...spec.roles], subject, displayName: `The ${name}` }
    const id = await provideAccount(world.database, { id: la.id, code: la.code, name: la.code }, made, making())
    return { id, subject, token: await la.token(subject) }
  }
}

/** L2 and early help where L3 was recommended, by a screener, signed by the supervisor. */
export async function closedBelow(la: Ground, body: ReferralBody = levelThree()) {
  const referral = await received(la.on, body)
  const [recommendation] = await recommendedFor(la.on, referral)
  const lower = { level: 'L2', response: 'early-help-assessment', overrideReason: 'professional-judgement' }
  const decision = await decided(la.on, recommendation, lower, 'screener')
  const params = { decisionId: decision.id }
  const { data, text } = await la.on('supervisor', 'signOffDecision', { params, body: { notes: 'I have read it.' } })
  if (!data) throw new Error(`not signed: ${text}`)
  return { referral, recommendation: recommendation as Json, decision: data.decision as Json }
}

/** What somebody writes who disagrees. */
export function challenge(more: object = {}): Record<string, unknown> {
  return {
    about: 'decision',
    ground: 'risk_not_recognised',
    concern: 'She says that she is afraid of hurting him, and nobody has asked her.',
    wanted: 'A social worker sees him and speaks to her.',
    urgent: false,
    challenger: { name: 'Morag Finch', role: 'Designated safeguarding lead' },
    ...more,
  }
}

/** A challenge raised; by the referrer to the referral unless told otherwise. */
export async function raised(
  la: Ground,
  referralId: string,
  more: object = {},
  who: Account | 'referrer' | 'screener' | 'system' = 'referrer',
) {
  const { data, text } = await la.on(who, 'raiseEscalation', { params: { referralId }, body: challenge(more) })
  if (!data) throw new Error(`not raised: ${text}`)
  return data.escalation as Json
}
