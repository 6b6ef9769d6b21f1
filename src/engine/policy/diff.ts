/** What changed between two versions of a policy, in words: the briefing that practitioners get with a new version. Pure. */
import { named, type Teller, whole } from './diff-items.ts'
import { letterChanges } from './diff-letters.ts'
import {
  clusterChanges,
  columnSteps,
  forbiddenChanges,
  indicatorChanges,
  requirementChanges,
  routingChanges,
  ruleChanges,
  transitionChanges,
} from './diff-placing.ts'
import type { PolicyDocument } from './shape.ts'

export const CHANGE_KINDS = ['lowered', 'removed', 'raised', 'added', 'reworded', 'changed'] as const

export interface Change {
  readonly section: string
  readonly code: string
  /** `lowered` and `removed` may leave a child with less than before; they come first. */
  readonly kind: (typeof CHANGE_KINDS)[number]
  readonly text: string
}

export interface PolicyDiff {
  readonly from: string
  readonly to: string
  readonly changes: readonly Change[]
}

/** Document control that the heading says, or that is of one version alone and shown with it. */
const OF_THE_VERSION = [
  'id',
  'version',
  'approved',
  'approvedBy',
  'effective',
  'issue',
  'published',
  'reviewDue',
  'changeReason',
  'briefing',
]

/** Every section of the format in the order in which they are told; test/engine/diff-complete.test.ts tries each property. */
const SECTIONS: Readonly<Record<keyof PolicyDocument, Teller>> = {
  format: () => [],
  document: whole('document', OF_THE_VERSION),
  levels: named('levels', 'code', 'label'),
  matrices: named('matrices', 'id', 'title', columnSteps),
  indicators: indicatorChanges,
  repetition: whole('repetition'),
  rules: ruleChanges,
  clusters: clusterChanges,
  points: whole('points'),
  gates: named('gates', 'id', 'question'),
  routing: routingChanges,
  responses: named('responses', 'code', 'label'),
  forbidden: forbiddenChanges,
  requirements: requirementChanges,
  transitions: transitionChanges,
  assessments: named('assessments', 'code', 'label'),
  questions: named('questions', 'id', 'ask'),
  services: named('services', 'code', 'name'),
  urgency: whole('urgency'),
  officeHours: whole('officeHours'),
  quality: named('quality', 'feature', 'advice'),
  oversight: whole('oversight'),
  domains: named('domains', 'code', 'label'),
  measures: named('measures', 'name', 'label'),
  facts: named('facts', 'code', 'question'),
  guidance: named('guidance', 'id', 'title'),
  glossary: named('glossary', 'term', 'term'),
  letters: ({ before, after }) => letterChanges(before, after),
  // What an item from the base says is told with the item, and another base with the document.
  provenance: () => [],
}

/** Changes in the order of sections, what may leave a child with less first within each. */
export function diffPolicies(before: PolicyDocument, after: PolicyDocument): PolicyDiff {
  const name = ({ document }: PolicyDocument): string => `${document.id}@${document.version}`
  const changes = Object.values(SECTIONS).flatMap((tell) => inOrder(tell({ before, after })))
  return { from: name(before), to: name(after), changes }
}

function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind))
}

/** The diff as Markdown, a heading for each section that changed. */
export function diffMarkdown({ from, to, changes }: PolicyDiff): string {
  const sections = [...new Set(changes.map(({ section }) => section))]
  const parts = sections.map((section) => {
    const lines = changes
      .filter((change) => change.section === section)
      .map(({ kind, code, text }) => `- **${kind}** ${code}: ${text}`)
    return `## ${section}\n\n${lines.join('\n')}\n`
  })
  return `# What changes from ${from} to ${to}\n\n${parts.length === 0 ? 'Nothing.\n' : parts.join('\n')}`
}
