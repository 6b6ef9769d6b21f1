/** What the words of a policy say: no protected characteristic, nothing twice, and where each thing stands. */
import type { Path } from '../problem.ts'
import type { Checker } from './checker.ts'
import { protectedCode, protectedIn } from './protected-words.ts'
import { type Said, similar, tokensOf } from './similar.ts'

export function checkWords(check: Checker): void {
  checkCharacteristics(check)
  checkCitations(check)
  checkRepeats(check)
  checkSaysSomething(check)
  checkDocument(check)
}

/** What the front door answers and what rules count is never who somebody is. */
function checkCharacteristics(check: Checker): void {
  const { policy } = check
  const refuse = (path: Path, code: string, name: string | null): void => {
    if (name)
      check.error(
        path,
        'protected-characteristic',
        `${code} asks for ${name}, a protected characteristic. Ask for what was seen or done instead.`,
      )
  }
  const doubt = (path: Path, code: string, name: string | null): void => {
    if (name)
      check.warn(
        path,
        'protected-words',
        `${code} speaks of ${name}, a protected characteristic. Say what was seen or done, not who somebody is.`,
      )
  }
  policy.facts.forEach(({ code, question }, i) => {
    refuse(['facts', i, 'code'], code, protectedCode(code))
    refuse(['facts', i, 'question'], code, protectedIn(question))
  })
  policy.gates.forEach(({ id, question }, i) => {
    refuse(['gates', i, 'id'], id, protectedCode(id))
    refuse(['gates', i, 'question'], id, protectedIn(question))
  })
  policy.measures.forEach(({ name, label }, i) => {
    refuse(['measures', i, 'name'], name, protectedCode(name))
    refuse(['measures', i, 'label'], name, protectedIn(label))
  })
  policy.indicators.forEach(({ code, text, definition = '' }, i) =>
    doubt(['indicators', i, 'text'], code, protectedIn(text) ?? protectedIn(definition)),
  )
  policy.questions.forEach(({ id, ask }, i) => doubt(['questions', i, 'ask'], id, protectedIn(ask)))
}

function checkCitations(check: Checker): void {
  const { facts, routing, questions } = check.policy
  const lists = { facts, routing, questions }
  for (const [section, items] of Object.entries(lists)) {
    items.forEach(({ citation }, i) => {
      if (citation) return
      check.warn(
        [section, i],
        'citation-missing',
        'This does not say where it stands in the document. Add `citation: { section: …, paragraph: … }`.',
      )
    })
  }
}

/** Two indicators in nearly the same words would count as two findings of one thing. */
function checkRepeats(check: Checker): void {
  const said: Said[] = check.policy.indicators.map(({ text }) => tokensOf(text))
  check.policy.indicators.forEach((spec, i) => {
    const mine = said[i]
    const other = check.policy.indicators.findIndex((earlier, e) => {
      const theirs = said[e]
      if (e >= i || !mine || !theirs || earlier.kind !== spec.kind || isOfAnotherAge(earlier, spec)) return false
      return similar(
        mine,
        theirs,
        earlier.level === spec.level || earlier.domains.some((d) => spec.domains.includes(d)),
      )
    })
    if (other >= 0)
      check.warn(
        ['indicators', i, 'text'],
        'near-duplicate',
        `${spec.code} says nearly the same as ${check.policy.indicators[other]?.code}. Make one of them, or say how they differ.`,
      )
  })
  for (const [section, items] of Object.entries(check.policy))
    if (Array.isArray(items)) items.forEach((item, i) => checkLists(check, item, [section, i]))
}

/** Bands of one statement are judged as bands. */
function isOfAnotherAge(one: { age?: unknown }, other: { age?: unknown }): boolean {
  return one.age !== undefined && other.age !== undefined && JSON.stringify(one.age) !== JSON.stringify(other.age)
}

/** A code twice in one list of an item. */
function checkLists(check: Checker, item: unknown, path: Path): void {
  if (typeof item !== 'object' || item === null) return
  for (const [key, value] of Object.entries(item)) {
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) continue
    value.forEach((entry, i) => {
      if (value.indexOf(entry) < i)
        check.warn([...path, key, i], 'repeated-entry', `“${entry}” stands in this list twice. Take one out.`)
    })
  }
}

/** A reason that is only a code, or a definition that is only the text again, explains nothing. */
function checkSaysSomething(check: Checker): void {
  const { policy } = check
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  const repeats = (path: Path, text: string | undefined, others: readonly string[]): void => {
    if (text !== undefined && others.some((other) => plain(other) === plain(text)))
      check.warn(path, 'says-nothing', 'This only repeats what stands beside it. Write what it means, in plain words.')
  }
  policy.indicators.forEach(({ code, text, definition }, i) => {
    repeats(['indicators', i, 'text'], text, [code])
    repeats(['indicators', i, 'definition'], definition, [code, text])
  })
  policy.rules.forEach(({ id, because, then }, i) => repeats(['rules', i, 'because'], because, [id, then.review ?? id]))
  policy.clusters.forEach(({ id, because }, i) => repeats(['clusters', i, 'because'], because, [id]))
  policy.gates.forEach(({ id, because, question }, i) => repeats(['gates', i, 'because'], because, [id, question]))
  policy.questions.forEach(({ id, because, ask }, i) => repeats(['questions', i, 'because'], because, [id, ask]))
  policy.facts.forEach(({ code, question }, i) => repeats(['facts', i, 'question'], question, [code]))
}

/** Approval comes before the day of effect, and review after it. */
function checkDocument(check: Checker): void {
  const { approved, effective, reviewDue } = check.policy.document
  if (approved > effective)
    check.warn(
      ['document', 'approved'],
      'document-dates',
      `It was approved on ${approved}, after it took effect on ${effective}. Correct the date that is wrong.`,
    )
  if (reviewDue <= effective)
    check.warn(
      ['document', 'reviewDue'],
      'document-dates',
      `Review is due on ${reviewDue}, and it takes effect on ${effective}. Write the day of the next review.`,
    )
}
