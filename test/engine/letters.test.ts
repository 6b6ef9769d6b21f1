// Letters: what stands where, what is left out, and what can never get into one.
import fc from 'fast-check'
import t from 'tap'
import type { AcknowledgementFacts, DecidedChild, FamilyFacts, FeedbackFacts } from '../../src/engine/letters/facts.ts'
import { renderLetter } from '../../src/engine/letters/render.ts'
import { compileTexts, edited, SMALL, words } from '../support/policies.ts'

const GENERAL = {
  reference: 'BCDFG-23456',
  authority: 'Northmoor',
  document: '“Right help” (2026-04)',
  writtenAt: '2026-11-24T10:00:00.000Z',
  receivedAt: '2026-11-23T22:30:00.000Z',
  signedBy: 'Kit, for Northmoor',
  escalation: [
    { role: 'Duty manager', withinWorkingDays: 1, urgentHours: 4 },
    { role: 'Head of service', withinWorkingDays: 5 },
  ],
}
const CHILD: DecidedChild = {
  child: 'Ash Fern',
  replaces: null,
  decision: 'Early help assessment',
  feedback: 'Somebody who knows the family will talk with them.',
  level: 'Level 2',
  meaning: 'A family that needs more than every family has.',
  support: [{ name: 'Hub', description: 'Drop-in.', contact: '01632 960101' }],
  help: ['A place in the club (The hub)'],
}
const acknowledgement: AcknowledgementFacts = {
  ...GENERAL,
  kind: 'acknowledgement',
  referrer: 'Hillside School',
  dueAt: '2026-11-24T17:00:00.000Z',
}
const feedback: FeedbackFacts = {
  ...GENERAL,
  kind: 'feedback',
  referrer: 'Class teacher, Hillside School',
  children: [{ ...CHILD, reasons: ['Hungry at school (C1, page 3)'] }],
  quality: ['Say what each child is like.'],
}
const family: FamilyFacts = { ...GENERAL, kind: 'family_feedback', children: [CHILD] }

t.test('each letter says what it has to, in the product’s own words', async (t) => {
  const rows = [
    [acknowledgement, ['BCDFG-23456', '23 November 2026', '17:00 on 24 November 2026', 'Hillside School']],
    [
      feedback,
      [
        'BCDFG-23456',
        'Early help assessment',
        'Level 2',
        'Hungry at school (C1, page 3)',
        'Say what each child is like.',
      ],
    ],
    [family, ['Early help assessment', 'Level 2', 'The parents or carers of Ash Fern']],
  ] as const
  for (const [facts, said] of rows) {
    const { text, html } = renderLetter(facts, undefined)
    const ladder = ['1. Duty manager, within 1 working day, or within 4 hours where it cannot wait']
    for (const words of [...said, ...ladder, '2. Head of service, within 5 working days', 'call 999 now'])
      for (const form of [text, html]) t.ok(flat(form).includes(words), `${facts.kind}: ${words}`)
    t.notMatch(text, /\{\{|\}\}|undefined/, facts.kind)
  }
  for (const told of ['Hub', 'A place in the club (The hub)', 'Drop-in.'])
    t.ok(flat(renderLetter(feedback, undefined).text).includes(told), told)
})

t.test('a paragraph is left out where its place has nothing to say, and no other', async (t) => {
  const bare = { ...feedback.children[0]!, feedback: '', support: [], help: [], reasons: [] }
  const { text } = renderLetter({ ...feedback, children: [bare], quality: [] }, undefined)
  for (const gone of [/What the document says to/, /arranged with/, /Other help/, /more useful/]) t.notMatch(text, gone)
  for (const kept of [/Decided: Early help/, /Duty manager/, /Kit, for Northmoor/]) t.match(text, kept)
})

t.test('what takes the place of an earlier letter says so, in whatever words it is written', async (t) => {
  const replaces = '2026-11-20T23:30:00.000Z'
  const said = /This takes the place of what we told you on 20 November 2026\./
  const own = { subject: 'S', opening: ['O'], child: ['{{child}}: {{decision}}'], closing: ['C'] }
  for (const letters of [undefined, { feedback: own, family: own }]) {
    const again = { ...feedback, children: [{ ...feedback.children[0]!, replaces }] }
    t.match(flat(renderLetter(again, letters).text), said)
    t.match(flat(renderLetter({ ...family, children: [{ ...CHILD, replaces }] }, letters).text), said)
    t.notMatch(flat(renderLetter(feedback, letters).text), /takes the place/, 'the first')
  }
})

t.test('brothers and sisters have a part each in one letter', async (t) => {
  const other = { ...feedback.children[0]!, child: 'Bay Fern', decision: 'No assessment' }
  const { text } = renderLetter({ ...feedback, children: [...feedback.children, other] }, undefined)
  t.match(text, /Ash Fern\n-+[\s\S]*Early help assessment[\s\S]*Bay Fern\n-+[\s\S]*No assessment/)
  t.equal(text.match(/Duty manager/g)?.length, 1, 'and the ladder once')
})

t.test('a policy words its letters itself, part by part', async (t) => {
  const own = {
    acknowledgement: { subject: 'Got {{ reference }}', body: ['From {{referrer}}: {{escalation}} Thank you.'] },
  }
  const { title, text } = renderLetter(acknowledgement, own)
  t.equal(title, 'Got BCDFG-23456')
  t.match(text, /From Hillside School:\n+ +- 1\. Duty manager[\s\S]+- 2\. Head of service[^\n]+\n\nThank you\./)
  t.match(renderLetter(feedback, own).text, /Thank you for your referral/, 'and what it leaves out is ours')
})

t.test('what is put in is never read as a template', async (t) => {
  const tricky = { ...feedback, children: [{ ...feedback.children[0]!, child: '{{quality}} {{signedBy}}' }] }
  t.match(renderLetter(tricky, undefined).text, /\{\{quality\}\} \{\{signedBy\}\}\n-/)
})

/** Whatever somebody may type, with what would break out of a page. */
const typed = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=y>',
    '</style><b>',
    '&lt;',
    "' onload='",
    '\n# Heading\n',
  ),
)
const OURS =
  /^(!DOCTYPE html|\/?(html|head|meta|title|style|body|main|article|section|h1|h2|h3|p|ul|li|table|caption|thead|tbody|tr|th|td)( (lang|charset|name|content|http-equiv|aria-labelledby|id|scope)="[^"<>]*")*)$/

t.test('whatever is typed, no markup gets into the page but ours', async () => {
  fc.assert(
    fc.property(typed, typed, typed, typed, (child, help, agency, reason) => {
      const facts: FeedbackFacts = {
        ...feedback,
        referrer: agency,
        children: [{ ...CHILD, child, help: [help], reasons: [reason] }],
        quality: [reason],
      }
      const { html } = renderLetter(facts, undefined)
      const tags = [...html.replace(/<style>[^<]*<\/style>/, '').matchAll(/<([^>]*)>/g)].map(([, tag]) => tag ?? '')
      return tags.every((tag) => OURS.test(tag)) && !html.replaceAll(/<[^>]*>/g, '').includes('<')
    }),
    { numRuns: 300 },
  )
})

t.test(
  'a family’s letter says nothing of who referred or of what they said, whatever the template asks for',
  async () => {
    const asks = ['{{decision}} {{escalation}}', '{{referrer}}', '{{reasons}}', '{{quality}}', 'a {{referrer}} b']
    const own = { family: { subject: '{{referrer}}{{reasons}}', opening: asks, child: asks, closing: asks } }
    const secret = fc.stringMatching(/^[a-z]{8}$/).map((word) => `secret${word}`)
    fc.assert(
      fc.property(secret, secret, fc.boolean(), (agency, evidence, isOwn) => {
        // The facts of a referrer's letter, given by mistake with the kind of a family's.
        const mistaken = { ...feedback, referrer: agency, quality: [evidence], kind: 'family_feedback' as const }
        const facts: FamilyFacts = { ...mistaken, children: [{ ...CHILD, reasons: [evidence] } as DecidedChild] }
        const { title, text, html } = renderLetter(facts, isOwn ? own : undefined)
        return [title, text, html].every((form) => !form.includes(agency) && !form.includes(evidence))
      }),
      { numRuns: 100 },
    )
  },
)

t.test('a template that names what there is not, or hides what has to be said, is no policy', async (t) => {
  const letters = (text: string) =>
    compileTexts({ policy: edited(SMALL, ['urgency:\n  default', `letters: ${text}\nurgency:\n  default`]) })
  const said = (body: string) => `{ acknowledgement: { subject: s, body: [${body}] } }`
  const fine = letters(said('"{{reference}} {{escalation}}"'))
  t.same(fine.problems, [], words(fine.problems))
  t.same(fine.policy?.document.letters?.acknowledgement?.subject, 's')
  const rows: [string, string, RegExp][] = [
    [said('"{{reference}} {{escalation}} {{refrence}}"'), 'letter-unknown-place', /Did you mean .*reference/],
    [said('"{{reference}} {{escalation}} {{quality}}"'), 'letter-unknown-place', /no \{\{quality\}\} in this part/],
    [said('"{{reference}} {{escalation}} {{date"'), 'letter-unknown-place', /two braces on each side/],
    [said('"{{reference}}"'), 'letter-missing-place', /\{\{escalation\}\}/],
  ]
  for (const [text, code, message] of rows) {
    const { problems, policy } = letters(text)
    t.match(problems, [{ code, message, severity: 'error' }], words(problems))
    t.equal(policy, undefined)
  }
})

/** Text or page as one line of words. */
function flat(form: string): string {
  return form.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ')
}
