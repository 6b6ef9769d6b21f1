/** A condition as a tree with the value of every node, flat and in reading order. */
import { type Kleene, not, YES } from '../conditions/kleene.ts'
import type { Condition, Leaf } from '../conditions/shape.ts'
import { readingOf, repeated } from './readings.ts'
import { type CONDITION_FORMS, type ConditionNode, VALUES } from './shape.ts'
import type { View } from './view.ts'
import { leafWords } from './words.ts'

type Form = (typeof CONDITION_FORMS)[number]

export function valueWord(value: Kleene): (typeof VALUES)[number] {
  return VALUES[value]
}

/** Every node of a condition with its own value, what it read and what it lacks. */
export function explainCondition(view: View, condition: Condition): ConditionNode[] {
  return nodesOf(view, condition, { depth: 0, wanted: YES })
}

interface Place {
  readonly depth: number
  /** What the node has to come to (below a `not` that is no); null where what it comes to does not matter any more. */
  readonly wanted: Kleene | null
}

function nodesOf(view: View, condition: Condition, { depth, wanted }: Place): ConditionNode[] {
  const value = view.valueOf(condition)
  const composed = composition(condition)
  if (composed) {
    const { form, words, parts } = composed
    const isAsWanted = wanted === null || value === wanted
    const within = isAsWanted ? null : form === 'not' ? not(wanted) : wanted
    return [
      { depth, form, value: valueWord(value), words, read: [], moreRead: 0, missing: null },
      ...parts.flatMap((part) => nodesOf(view, part, { depth: depth + 1, wanted: within })),
    ]
  }
  const leaf = condition as Leaf
  const { read, missing } = readingOf(view, leaf)
  return [
    {
      depth,
      form: formOf(leaf),
      value: valueWord(value),
      words: leafWords(view.policy, leaf),
      ...repeated(read),
      missing: wanted === null || value === wanted ? null : missing,
    },
  ]
}

interface Composition {
  readonly form: Form
  readonly words: string
  readonly parts: readonly Condition[]
}

function composition(condition: Condition): Composition | null {
  if ('all' in condition) return { form: 'all', words: 'all of these', parts: condition.all }
  if ('any' in condition) return { form: 'any', words: 'at least one of these', parts: condition.any }
  if ('not' in condition) return { form: 'not', words: 'this does not hold', parts: [condition.not] }
  if ('atLeast' in condition) {
    const { n, of } = condition.atLeast
    return { form: 'at_least', words: `at least ${n} of these`, parts: of }
  }
  return null
}

const LEAF_FORMS = [
  'present',
  'count',
  'measure',
  'history',
  'age',
  'fact',
  'consent',
  'assessment',
  'reached',
] as const

function formOf(leaf: Leaf): Form {
  return LEAF_FORMS.find((form) => form in leaf) ?? 'other'
}

/** A node that no condition of the policy is written for: a trigger, a cluster, a sum of points. */
export function plainNode(
  form: Form,
  value: Kleene,
  { words, read, missing }: { words: string; read: readonly ConditionNode['read'][number][]; missing: string },
): ConditionNode {
  return { depth: 0, form, value: valueWord(value), words, ...repeated(read), missing: value === YES ? null : missing }
}
