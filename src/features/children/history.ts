/** The history of each child of a referral: what came before, about the child and about siblings and household. */
import { isDeepStrictEqual } from 'node:util'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { dayNumber, londonDate } from '../../engine/calendar/civil.ts'
import { historyAlerts } from '../../engine/history/alerts.ts'
import { patternOf } from '../../engine/history/pattern.ts'
import type { Category } from '../../engine/vocabulary.ts'
import { refKey } from '../referrals/index.ts'
import { type Gathered, gather } from './gathered.ts'
import type { ChildHistory, HistoryContact } from './model.ts'
import { type ReferralInfo, referralInfos } from './queries.ts'

/** Shown at most; counted are all. */
const CONTACTS_MAX = 100

/**
 * By referral, its children in the order in which the referral names them. What is restricted counts, so that a child's danger
 * is not smaller for it; of such a contact only that it was, and when, is shown to whoever is not let in.
 */
export async function historiesOf(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Map<string, ChildHistory[]>> {
  const gathered = await lookingPast(tx, () => gather(tx, authorityId, [...new Set(referralIds)]))
  const seen = await referralInfos(tx, authorityId, [...gathered.infos.keys()])
  const shown = (contacts: readonly HistoryContact[]) => contacts.map((contact) => shownTo(seen, contact))
  return new Map(
    gathered.own.map((own): [string, ChildHistory[]] => [
      own.info.id,
      own.content.children.map(({ id }) => historyOf({ gathered, shown }, own, id)),
    ]),
  )
}

/** A contact without what is not for this caller. */
function shownTo(seen: ReadonlyMap<string, unknown>, contact: HistoryContact): HistoryContact {
  if (contact.referralId === null || seen.has(contact.referralId)) return contact
  const nothing = { referralId: null, reference: null, agency: null, sourceCode: null, concerns: [] }
  return { ...contact, ...nothing, concernsKnown: false, restricted: true }
}

type Own = Gathered['own'][number]

interface Read {
  readonly gathered: Gathered
  /** The contacts as the caller may see them. */
  shown(contacts: readonly HistoryContact[]): HistoryContact[]
}

function historyOf({ gathered, shown }: Read, own: Own, child: string): ChildHistory {
  const ref = { referralId: own.info.id, childKey: child }
  const present = {
    date: londonDate(own.info.receivedAt),
    concerns: gathered.concerns.get(refKey(ref)) ?? null,
  }
  const contacts = newestFirst(childContacts(gathered, own, child))
  const added = newestFirst(householdContacts(gathered, own, { child, contacts }))
  const pattern = patternFor(contacts, present)
  const household = patternFor([...widened(gathered, contacts), ...added], present)
  const { proposed, conflict } = gathered.waiting.get(refKey(ref)) ?? { proposed: 0, conflict: 0 }
  const alerts = historyAlerts({
    child: pattern,
    household: isDeepStrictEqual(household, pattern) ? null : household,
    conflicts: conflict,
    unconfirmed: proposed,
    duplicates: linked(gathered, own.info.id, 'possible_duplicate').length,
  })
  const reasons = alerts.filter(({ requiresReview }) => requiresReview).map(({ text }) => text)
  const [ofChild, others] = [shown(contacts), shown(added)]
  return {
    ...{ referralId: own.info.id, child },
    pattern: { ...pattern, agencies: agenciesOf(own.info, ofChild) },
    contacts: ofChild.slice(0, CONTACTS_MAX),
    household: { ...household, agencies: agenciesOf(own.info, [...ofChild, ...others]) },
    householdContacts: others.slice(0, CONTACTS_MAX),
    ...{ alerts, reviewRequired: reasons.length > 0, reviewReasons: reasons },
  }
}

function patternFor(
  contacts: readonly HistoryContact[],
  present: Parameters<typeof patternOf>[1],
): Omit<ChildHistory['pattern'], 'agencies'> {
  const earlier = contacts.map(({ date, concerns, concernsKnown }) => ({
    date,
    concerns: concernsKnown ? concerns : null,
  }))
  const pattern = patternOf(earlier, present)
  return { ...pattern, gapsInDays: [...pattern.gapsInDays] }
}

/** Earlier records of the child, and what the referral tells of others that are not held here. */
function childContacts(gathered: Gathered, own: Own, child: string): HistoryContact[] {
  const held = sameChildContacts(gathered, own, child)
  const days = new Set(held.map(({ date }) => date))
  return [...held, ...toldContacts(own, child).filter(({ date }) => !days.has(date))]
}

function sameChildContacts({ same, concerns, infos }: Gathered, own: Own, child: string): HistoryContact[] {
  const found = new Map<string, HistoryContact>()
  for (const { ref, how } of same.get(refKey({ referralId: own.info.id, childKey: child })) ?? []) {
    const info = infos.get(ref.referralId)
    if (!info || !isBefore(info, own.info) || found.has(info.id)) continue
    found.set(info.id, contactOf(own.info, info, { how, concerns: concerns.get(refKey(ref)) }))
  }
  return [...found.values()]
}

function toldContacts({ info, content }: Own, child: string): HistoryContact[] {
  const today = londonDate(info.receivedAt)
  const told = (content.earlierReferrals ?? []).filter(
    ({ children, date }) => (children?.includes(child) ?? true) && date <= today,
  )
  const days = new Map<string, HistoryContact>()
  for (const { date, categories } of told) {
    const before = days.get(date)
    days.set(date, {
      ...{ date, daysBefore: dayNumber(today) - dayNumber(date), how: 'told' },
      ...{ referralId: null, reference: null, agency: null, sourceCode: null, restricted: false },
      concerns: [...new Set([...(before?.concerns ?? []), ...(categories ?? [])])],
      concernsKnown: (before?.concernsKnown ?? false) || categories !== undefined,
    })
  }
  return [...days.values()]
}

/** What siblings of this referral and linked referrals add to the contacts of the child. */
function householdContacts(
  gathered: Gathered,
  own: Own,
  { child, contacts }: { child: string; contacts: readonly HistoryContact[] },
): HistoryContact[] {
  const siblings = own.content.children.filter(({ id }) => id !== child)
  const ofSiblings = siblings.flatMap(({ id }) => [
    ...sameChildContacts(gathered, own, id),
    ...toldContacts(own, id).filter(({ date }) => contacts.every((contact) => contact.date !== date)),
  ])
  const ofHousehold = linked(gathered, own.info.id, 'household').flatMap(({ other, isConfirmed }) => {
    const info = gathered.infos.get(other)
    if (!info || !isBefore(info, own.info)) return []
    const how = isConfirmed ? 'household_confirmed' : 'household_proposed'
    return [contactOf(own.info, info, { how, concerns: allConcerns(gathered, other) })]
  })
  const known = new Set(contacts.map(identityOf))
  const added = new Map<string, HistoryContact>()
  for (const contact of [...ofSiblings.map((one) => ({ ...one, how: 'sibling' as const })), ...ofHousehold]) {
    const key = identityOf(contact)
    if (!known.has(key) && !added.has(key)) added.set(key, contact)
  }
  return [...added.values()]
}

/** The same contacts with what they said of siblings as well. */
function widened(gathered: Gathered, contacts: readonly HistoryContact[]): HistoryContact[] {
  return contacts.map((contact) => {
    const all = contact.referralId === null ? undefined : allConcerns(gathered, contact.referralId)
    return all === undefined ? contact : { ...contact, concerns: all as Category[], concernsKnown: true }
  })
}

function identityOf({ referralId, date }: HistoryContact): string {
  return referralId ?? `told ${date}`
}

/** Of all children of a referral; undefined where none was scored. */
function allConcerns({ concerns }: Gathered, referralId: string): readonly string[] | undefined {
  const found = [...concerns].filter(([key]) => key.startsWith(`${referralId}/`)).map(([, categories]) => categories)
  return found.length > 0 ? [...new Set(found.flat())] : undefined
}

/** The referrals linked to one, without those that a person rejected. */
function linked(
  { links }: Gathered,
  referralId: string,
  kind: 'possible_duplicate' | 'household',
): { other: string; isConfirmed: boolean }[] {
  return links.flatMap(({ link, verdict }) => {
    const isOf = link.firstReferralId === referralId || link.secondReferralId === referralId
    if (!isOf || link.kind !== kind || verdict?.verdict === 'rejected') return []
    const other = link.firstReferralId === referralId ? link.secondReferralId : link.firstReferralId
    return [{ other, isConfirmed: verdict?.verdict === 'confirmed' }]
  })
}

/** Of two of one instant the one with the earlier id is the earlier. */
function isBefore(one: ReferralInfo, other: ReferralInfo): boolean {
  if (one.receivedAt !== other.receivedAt) return one.receivedAt < other.receivedAt
  return one.id < other.id
}

function contactOf(
  own: ReferralInfo,
  info: ReferralInfo,
  { how, concerns }: { how: HistoryContact['how']; concerns: readonly string[] | undefined },
): HistoryContact {
  const date = londonDate(info.receivedAt)
  return {
    ...{ date, daysBefore: dayNumber(londonDate(own.receivedAt)) - dayNumber(date), how },
    ...{ referralId: info.id, reference: info.reference, agency: info.agency },
    sourceCode: info.sourceCode as HistoryContact['sourceCode'],
    concerns: [...(concerns ?? [])] as Category[],
    concernsKnown: concerns !== undefined,
    restricted: false,
  }
}

function newestFirst(contacts: readonly HistoryContact[]): HistoryContact[] {
  return [...contacts].sort((a, b) => a.daysBefore - b.daysBefore || (identityOf(a) < identityOf(b) ? 1 : -1))
}

function agenciesOf(own: ReferralInfo, contacts: readonly HistoryContact[]): string[] {
  return [...new Set([own.agency, ...contacts.flatMap(({ agency }) => (agency === null ? [] : [agency]))])].sort()
}
