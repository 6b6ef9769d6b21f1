/** What a letter says, gathered from what is stored. */
import { and, eq, max } from '../../db/drizzle.ts'
import { authorities } from '../../db/tables/authorities.ts'
import { letterDecisions, letters } from '../../db/tables/letters.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { citationWords } from '../../engine/explanation/words.ts'
import { type Policy, type Recommendation, score } from '../../engine/index.ts'
import type {
  DecidedChild,
  DecidedForReferrer,
  FamilyFacts,
  FeedbackFacts,
  HelpThere,
  LetterFacts,
  LetterKind,
} from '../../engine/letters/facts.ts'
import type { Referral as Content } from '../../engine/referral/shape.ts'
import type { Context } from '../../kernel/operation.ts'
import type { Decision } from '../decisions/index.ts'
import { helpOf } from '../help/index.ts'
import { compiledPolicy, getVersion, type PolicyRow, readCalendar } from '../policies/index.ts'
import { getRecommendationRow, ownReferral, ownSnapshot } from '../recommendations/index.ts'

export interface LetterReferral {
  readonly reference: string
  readonly receivedAt: string
  readonly agency: string
}

/** What every letter says. @param row the version whose words it is in; undefined where none is in force */
export async function generalFacts(
  tx: TenantTx,
  {
    authorityId,
    row,
    referral,
    now,
  }: { authorityId: string; row: PolicyRow | undefined; referral: LetterReferral; now: string },
): Promise<LetterFacts> {
  const policy = row && compiledPolicy(row)
  const { reference, receivedAt } = referral
  const authority = policy?.document.document.authority ?? (await nameOf(tx, authorityId))
  return {
    ...{ reference, receivedAt, authority, writtenAt: now },
    signedBy: `The front door of ${authority}`,
    document: policy ? `“${policy.document.document.title}” (${policy.version})` : 'the threshold document',
    escalation: policy?.document.oversight.escalation ?? [],
  }
}

async function nameOf(tx: TenantTx, id: string): Promise<string> {
  const [found] = await tx.select({ name: authorities.name }).from(authorities).where(eq(authorities.id, id))
  if (!found) throw new Error('The authority is not in the register')
  return found.name
}

/** A decision that is told, with the policy that it was made under. */
export interface ToTell {
  readonly decision: Decision
  readonly row: PolicyRow
  readonly policy: Policy
}

export async function toTell({ tx, actor }: Context, decision: Decision): Promise<ToTell> {
  const { policyVersionId } = await getRecommendationRow(tx, actor, decision.recommendationId)
  const row = await getVersion(tx, actor.authorityId, { id: policyVersionId })
  return { decision, row, policy: compiledPolicy(row) }
}

/** For the referrer: reasons and advice rest on what the referrer said, and on nothing else. */
export async function feedbackFacts(
  context: Context,
  general: LetterFacts,
  { told, referral }: { told: readonly ToTell[]; referral: LetterReferral },
): Promise<FeedbackFacts> {
  const children: DecidedForReferrer[] = []
  const quality = new Set<string>()
  let sender = referral.agency
  for (const one of told) {
    const { decision, policy } = one
    const own = await ownReferral(context, decision)
    if (own) sender = senderOf(own.content)
    const recommended = await ownRecommendation(context, one)
    for (const { met, advice } of recommended?.quality.features ?? []) if (!met) quality.add(advice)
    children.push({
      ...(await decidedChild(context, one, nameIn(own?.content, decision.child))),
      replaces: await lastTold(context, decision, 'feedback'),
      support: supportFor(policy, decision, recommended?.categories ?? []),
      reasons: reasonsOf(policy, recommended),
    })
  }
  return { ...general, kind: 'feedback', referrer: sender, children, quality: [...quality] }
}

/**
 * For the family. What help is there is what is there for anybody at the level: a service for a certain harm would tell who
 * reads the letter that somebody spoke of it.
 */
export async function familyFacts(
  context: Context,
  general: LetterFacts,
  { told, content }: { told: readonly ToTell[]; content: Content },
): Promise<FamilyFacts> {
  const children: DecidedChild[] = []
  for (const one of told) {
    const { decision, policy } = one
    const name = nameIn(content, decision.child, 'your child')
    children.push({
      ...(await decidedChild(context, one, name)),
      replaces: await lastTold(context, decision, 'family_feedback'),
      support: supportFor(policy, decision, null),
    })
  }
  return { ...general, kind: 'family_feedback', children }
}

/** What the document gives for the child on what the sender had said by then. */
async function ownRecommendation(context: Context, { decision, policy }: ToTell): Promise<Recommendation | undefined> {
  const { referralId, revision, child: childKey } = decision
  const snapshot = await ownSnapshot(context, { referralId, revision, childKey })
  return snapshot && score(policy, snapshot, readCalendar())[0]
}

async function decidedChild(
  { tx, actor, now }: Context,
  { decision, policy }: ToTell,
  child: string,
): Promise<DecidedChild> {
  const response = policy.responses.get(decision.response ?? '')
  const level = policy.levels.find(({ code }) => code === decision.level)
  if (!response || !level) throw new Error('A decision names what its policy does not have')
  const help = await helpOf(tx, actor, { decisionIds: [decision.id], now })
  return {
    child,
    decision: response.label,
    feedback: response.feedback ?? '',
    level: level.label,
    meaning: level.description,
    replaces: null,
    support: [],
    // Only what the family agreed to, and did not decline.
    help: help
      .filter(({ status, consent }) => status !== 'declined' && consent === 'given')
      .map(({ help: what, heldBy }) => `${what} (${heldBy})`),
  }
}

/** When the reader of such letters was last told of a decision about the child in this referral: each one replaces the last. */
async function lastTold(
  { tx, actor: { authorityId } }: Context,
  { referralId, child }: Decision,
  kind: LetterKind,
): Promise<string | null> {
  const [found] = await tx
    .select({ at: max(letters.writtenAt) })
    .from(letterDecisions)
    .innerJoin(letters, and(eq(letters.authorityId, authorityId), eq(letters.id, letterDecisions.letterId)))
    .where(
      and(
        eq(letterDecisions.authorityId, authorityId),
        eq(letterDecisions.referralId, referralId),
        eq(letterDecisions.childKey, child),
        eq(letterDecisions.kind, kind),
      ),
    )
  return found?.at ?? null
}

/** Services of the level that is decided: for anybody, for the needs found, and those that go with the response. */
function supportFor(policy: Policy, { level, response }: Decision, categories: readonly string[] | null): HelpThere[] {
  const named = policy.responses.get(response ?? '')?.services ?? []
  return policy.document.services
    .filter(({ code, levels, categories: own }) => {
      const isFor = own.length === 0 || (categories !== null && own.some((category) => categories.includes(category)))
      const isNamed = named.includes(code) && (own.length === 0 || categories !== null)
      return isNamed || (levels.includes(level ?? '') && isFor)
    })
    .map(({ name, description, contact }) => ({ name, description, contact }))
}

function reasonsOf(policy: Policy, recommended: Recommendation | undefined): string[] {
  const home = `${policy.id}@${policy.version}`
  return [
    ...new Set(
      (recommended?.reasons ?? []).map(({ because, citation }) => `${because} (${citationWords(citation, home)})`),
    ),
  ]
}

function senderOf({ referrer: { name, role, agency } }: Content): string {
  return [...(name === undefined ? [] : [name]), role, agency].join(', ')
}

function nameIn(content: Content | undefined, key: string, otherwise = `The child whom you call “${key}”`): string {
  const name = content?.children.find(({ id }) => id === key)?.name
  return name ? [name.given, ...(name.family === undefined ? [] : [name.family])].join(' ') : otherwise
}
