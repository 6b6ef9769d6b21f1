/** Policy texts of rows 53 to 63: what cannot be read, by the code of the problem, and what a sound policy is changed into. */
import { POLICY_BYTES_MAX } from '../../src/engine/policy/read.ts'

type Texts = Readonly<Record<string, string>>
/** The code of a problem → texts that have it. */
type ByCode = Readonly<Record<string, Texts>>
/** A change of the small policy, and the code of the error that comes of it. */
export type Change = readonly [from: string, to: string, code: string]

const level = (i: number, of: string) => `a${i}: &a${i} [${Array(10).fill(of).join(', ')}]`
const bomb = [level(0, 'x'), ...Array.from({ length: 30 }, (_, i) => level(i + 1, `*a${i}`))].join('\n')
const deep = (open: string, close: string, depth: number) => `a: ${open.repeat(depth)}${close.repeat(depth)}`

/** Texts that nest without end: refused before they are parsed. */
export const NESTED: Texts = {
  'lists 5,000 deep': deep('[', ']', 5000),
  'maps 5,000 deep': deep('{ a: ', '}', 5000),
  'lists that never close': `a: ${'['.repeat(500_000)}`,
  'dashes in a row': `a:\n  ${'- '.repeat(50_000)}x`,
  'question marks in a row': '? '.repeat(50_000),
}

/** Larger than a body may be. */
export const TOO_LARGE = `a: ${'x'.repeat(POLICY_BYTES_MAX)}`

export const UNREADABLE: Readonly<Record<number, ByCode>> = {
  53: { 'yaml-alias': { 'ten of ten, thirty times': bomb } },
  54: {
    'yaml-anchor': { 'an anchor': 'a: &x 1', 'an anchor on a list': 'a: &x [1]' },
    'yaml-alias': { 'an alias': 'a: 1\nb: *a', 'an alias of itself': 'a: &a [*a]' },
    'yaml-merge': { 'a merge key': 'a:\n  <<: { b: 1 }', 'a merge key in quotes': 'a: { "<<": { b: 1 } }' },
  },
  55: {
    'duplicate-key': {
      'at the root': 'a: 1\na: 2',
      inside: 'a: { b: 1, "b": 2 }',
      'as number and text': 'a: { 1: x, "1": y }',
    },
  },
  56: {
    'yaml-tag': { 'of its own': 'a: !thing 1', standard: 'a: !!str 1', binary: 'a: !!binary aGk=' },
    yaml: {
      function: 'a: !!js/function "function(){}"',
      regexp: 'a: !!js/regexp /a/',
      object: 'a: !!python/object:os.system x',
    },
  },
  58: { yaml: NESTED },
  59: {
    yaml: { 'two documents': 'a: 1\n---\nb: 2', 'a tab': 'a:\n\tb: 1' },
    'yaml-directive': { 'another version of YAML': '%YAML 1.1\n---\na: yes' },
  },
  61: {
    'forbidden-key': {
      plain: '__proto__: { b: 1 }',
      quoted: 'a: { "__proto__": 1 }',
      'in a list': 'a: [{ __proto__: 1 }]',
    },
  },
}

const NO_NUMBERS = ['.inf', '.nan', '010.5', '1:30', '12345678901234567890', 'no', 'yes', 'on', '0x10z', '1_000']

export const WRONG: Readonly<Record<number, Readonly<Record<string, Change>>>> = {
  57: {
    ...Object.fromEntries(
      NO_NUMBERS.map((value) => [`a number as ${value}`, ['value: 80', `value: ${value}`, 'shape']]),
    ),
    'a flag as no': ['blindFirst: true', 'blindFirst: no', 'shape'],
    'a flag as on': ['blindFirst: true', 'blindFirst: on', 'shape'],
  },
  60: {
    'no value to compare with': ['value: 80', 'value:', 'shape'],
    'no weight': ['weight: 3', 'weight:', 'shape'],
    'null for a flag': ['blindFirst: true', 'blindFirst: null', 'shape'],
    'a tilde for a flag': ['blindFirst: true', 'blindFirst: ~', 'shape'],
    'no levels': ['levels: [E, N]', 'levels:', 'shape'],
  },
  62: {
    'an indicator': ['when: { present: R3 }', 'when: { present: R33 }', 'unknown-code'],
    'a level': ['code: R2, kind: risk, level: E', 'code: R2, kind: risk, level: XX', 'unknown-code'],
    'what it informs': ['informs: [A1]', 'informs: [A9]', 'unknown-code'],
    'a default response': ['  default: later', '  default: never', 'unknown-code'],
  },
}

/** Rules that lead nowhere: whatever the code, there is no policy. */
export const NOWHERE: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'a rule that does nothing': ['then: { review: Read everything again. }', 'then: {}'],
  'protection that waits': ['hours: 1, from: referral_received }', 'hours: 99, from: referral_received }'],
}

/** Read, and no policy at all. */
export const EMPTY: readonly string[] = ['[]', '{}', 'null', 'policy']
