/** Reasons as JSON text, put together from the policy's fragments: the same bytes as `JSON.stringify` makes of `score`'s. */
import { MAYBE, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotEvidence, Subject } from '../referral/snapshot.ts'
import { assess, outcomeOf } from './assess.ts'
import { type Fragments, fragmentsOf } from './fragments.ts'
import { supports } from './weigh.ts'
import { type Workspace, withWorkspace } from './workspace.ts'

/**
 * Level, range, floor and reasons of each child, as the text of a JSON array: byte for byte those properties of what `score`
 * gives, in its order: child, outcome, level, low, high, floor, provisional, reasons.
 */
export function explainedJson(policy: Policy, snapshot: Snapshot): string {
  const fragments = fragmentsOf(policy)
  return withWorkspace(policy, (workspace) => {
    let text = '['
    for (const child of snapshot.children) {
      const assessment = assess(policy, snapshot, child, workspace)
      const { low, high, floor } = assessment.weighed
      text += `${text === '[' ? '' : ','}{"child":"${escaped(child.id)}","outcome":"${outcomeOf(assessment)}"`
      text += `,"level":${assessment.withheld === 0 ? fragments.level(low) : 'null'},"low":${fragments.level(low)}`
      text += `,"high":${fragments.level(high)},"floor":${fragments.level(floor)},"provisional":${high > low}`
      text += `,"reasons":${reasonsJson(policy, workspace)}}`
    }
    return `${text}]`
  })
}

/** The reasons of the child that was assessed last in a workspace. */
export function reasonsJson(policy: Policy, { state, weighed }: Workspace): string {
  const fragments = fragmentsOf(policy)
  const { low, count, value, rankLow, place } = weighed
  // A finding is often behind several reasons, and says the same in each.
  const findings: string[] = []
  let text = '['
  // What places the child highest first, the policy's order within.
  for (let rank = low; rank >= -1; rank--) {
    for (let at = 0; at < count; at++) {
      if (value[at] !== YES || rankLow[at] !== rank) continue
      const { head, tail } = fragments.reason(place[at] ?? 0)
      if (text !== '[') text += ','
      text += head
      text += fragments.level(rank)
      text += rank >= 0 && rank === low ? ',"decisive":true' : ',"decisive":false'
      text += tail
      let separator = ''
      for (let k = 0; k < state.size; k++) {
        const index = state.order[k] ?? 0
        if (!restsOn(policy, state, place[at] ?? 0, index)) continue
        findings[k] ??= findingJson(policy, fragments, state, index)
        text += separator
        text += findings[k]
        separator = ','
      }
      text += ']}'
    }
  }
  return `${text}]`
}

/** Whether a finding is behind a placement; as `restingOn` in `place.ts`, for one indicator that was found. */
function restsOn({ places, indicators, rises }: Policy, state: ChildState, place: number, index: number): boolean {
  if (place >= places.cutoffs) return (indicators[index]?.points ?? 0) > 0
  if (place >= places.rules) {
    const rise = rises[place - places.rules]
    return rise !== undefined && supports(rise.looksAt, state, index, MAYBE)
  }
  if (place < places.indicators) return indicators[index]?.triggers.includes(place) ?? false
  return place - places.indicators === index
}

/** Joined rather than added up: joining gives one flat text, which is copied once for every reason that it is behind. */
function findingJson(policy: Policy, fragments: Fragments, state: ChildState, index: number): string {
  const measure = policy.indicators[index]?.measure ?? null
  const head = fragments.findingHead(index, state.rankLow[index] ?? 0, state.found[index] === YES)
  const parts = [head, '', fragments.findingTail(index)]
  let subjects = ''
  let isFirst = true
  for (let at = state.first[index] ?? -1; at >= 0; at = state.next[at] ?? -1) {
    const finding = state.findings[at]
    if (finding === undefined) continue
    subjects = withSubject(subjects, finding.subject)
    for (const piece of finding.evidence) {
      addPiece(parts, piece, isFirst)
      isFirst = false
    }
  }
  if (measure !== null && state.measures.has(measure)) subjects = withSubject(subjects, 'measurement')
  parts[1] = subjects
  parts.push(']}')
  return parts.join('')
}

/** Nearly all findings are about one subject; of several none is part of the name of another. */
function withSubject(subjects: string, subject: Subject | 'measurement'): string {
  if (subjects === '') return subject === 'child' ? '"child"' : subject === 'household' ? '"household"' : `"${subject}"`
  return subjects.includes(subject) ? subjects : `${subjects},"${subject}"`
}

/** Kinds and occurrences are words of the vocabulary, which need no escape. */
function addPiece(parts: string[], piece: SnapshotEvidence, isFirst: boolean): void {
  const { kind, source, occurrence, monthsAgo, durationMonths, trend, text } = piece
  if (kind === null) parts.push(isFirst ? '{"kind":null,"source":"' : ',{"kind":null,"source":"', escaped(source))
  else parts.push(isFirst ? '{"kind":"' : ',{"kind":"', kind, '","source":"', escaped(source))
  if (occurrence === null) parts.push('","occurrence":null,"monthsAgo":')
  else parts.push('","occurrence":"', occurrence, '","monthsAgo":')
  parts.push(`${monthsAgo}`)
  if (durationMonths !== undefined) parts.push(',"durationMonths":', `${durationMonths}`)
  if (trend !== undefined) parts.push(',"trend":"', trend, '"')
  parts.push(',"text":"', escaped(text), '"}')
}

/** What JSON has to escape, and surrogates, of which it escapes those that stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON may not hold as they are
const TO_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/

/** A text as it stands between quotation marks. */
function escaped(text: string): string {
  return TO_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text
}
