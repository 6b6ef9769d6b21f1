/** Text as bytes: what people wrote comes out as JSON has it, whatever it is and however long. */
import fc from 'fast-check'
import t from 'tap'
import { JsonBytes } from '../../src/engine/index.ts'
import type { SnapshotEvidence } from '../../src/engine/referral/snapshot.ts'
import { addPiece } from '../../src/engine/scoring/evidence-json.ts'
import { EVIDENCE_KINDS, OCCURRENCES, TRENDS } from '../../src/engine/vocabulary.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u001f', '\u007f', 'é', '\ud800', '\udc00', '😀') }),
)

t.test('a text comes out as JSON.stringify has it, half of a pair as well', async (t) => {
  const room = new JsonBytes()
  fc.assert(
    fc.property(text, (written) => {
      room.clear()
      room.text(written)
      return `"${room}"` === JSON.stringify(written)
    }),
  )
  t.pass('in room that served before')
})

t.test('room grows with what is written, and keeps what was', async (t) => {
  const room = new JsonBytes()
  const long = 'é"'.repeat(20_000)
  for (const written of ['a', long, 'b']) room.text(written)
  const { length } = room
  room.again(1, length)
  const once = `${JSON.stringify(long).slice(1, -1)}b`
  t.ok(`${room}` === `a${once}${once},`)
  room.endList()
  t.ok(`${room}` === `a${once}${once}]`, 'the comma after the last member is taken back')
})

t.test('a piece of evidence comes out as JSON.stringify has it', async (t) => {
  const piece: fc.Arbitrary<SnapshotEvidence> = fc.record(
    {
      kind: fc.constantFrom(null, ...EVIDENCE_KINDS),
      source: text,
      occurrence: fc.constantFrom(null, ...OCCURRENCES),
      monthsAgo: fc.constantFrom(null, -1, 0, 1, 119, 120, 121, 300),
      durationMonths: fc.nat(20),
      trend: fc.constantFrom(...TRENDS),
      text,
    },
    { requiredKeys: ['kind', 'source', 'occurrence', 'monthsAgo', 'text'] },
  )
  const room = new JsonBytes()
  fc.assert(
    fc.property(piece, ({ kind, source, occurrence, monthsAgo, durationMonths, trend, text: said }) => {
      room.clear()
      addPiece(room, { kind, source, occurrence, monthsAgo, durationMonths, trend, text: said })
      const expected = { kind, source, occurrence, monthsAgo, durationMonths, trend, text: said }
      return `${room}` === `${JSON.stringify(expected)},`
    }),
    { numRuns: 1000 },
  )
  t.pass('with and without what may be left out')
})
