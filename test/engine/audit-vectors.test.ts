/** Proofs of RFC 6962 and canonical JSON of RFC 8785, against vectors that others published. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyConsistency, verifyInclusion } from '../../src/engine/audit/merkle.ts'
import { canonicalText } from '../../src/engine/audit/strict.ts'
import { canonical } from '../../src/engine/hash.ts'
import { tally } from '../support/tally.ts'
import { noVectors, VECTORS, vectorsOf } from '../support/vectors.ts'

/**
 * The one exception: the vector says that a proof between two trees of one leaf holds whatever their root is, and gives a root
 * of 12 bytes (“don't care 2”). A root has 32 bytes here, so that nothing can be taken for one; the proof is refused.
 */
const EXCEPTION = 'additional/sizes-are-equal-one-and-proof-is-empty.json'

const bytes = (text: string | null): Buffer => Buffer.from(text ?? '', 'base64')
const hashes = (proof: readonly string[] | null): Buffer[] => (proof ?? []).map(bytes)

interface Inclusion {
  leafIdx: number
  treeSize: number
  root: string
  leafHash: string
  proof: string[] | null
  wantErr: boolean
}
interface Consistency {
  size1: number
  size2: number
  root1: string | null
  root2: string | null
  proof: string[] | null
  wantErr: boolean
}

t.test(
  '196 published proofs are taken and refused as published, but for one',
  { skip: noVectors('merkle') },
  async (t) => {
    let held = 0
    const inclusion = vectorsOf('merkle/inclusion') as [string, Inclusion][]
    for (const [name, { leafIdx, treeSize, root, leafHash, proof, wantErr }] of inclusion) {
      const leaf = { index: leafIdx, leaf: bytes(leafHash) }
      const { isProven } = verifyInclusion(leaf, { size: treeSize, root: bytes(root) }, hashes(proof))
      if (t.equal(isProven, !wantErr, `inclusion ${name}`)) held++
    }
    const consistency = vectorsOf('merkle/consistency') as [string, Consistency][]
    for (const [name, { size1, size2, root1, root2, proof, wantErr }] of consistency) {
      const verdict = verifyConsistency(
        { size: size1, root: bytes(root1) },
        { size: size2, root: bytes(root2) },
        hashes(proof),
      )
      if (name === EXCEPTION)
        t.same(verdict, { isProven: false, why: 'a hash is not 32 bytes' }, `the exception ${name}`)
      else if (t.equal(verdict.isProven, !wantErr, `consistency ${name}`)) held++
    }
    const all = [...inclusion, ...consistency]
    t.equal(all.length, 196)
    t.equal(held, 195, 'all but the exception')
    const valid = all.filter(([, { wantErr }]) => !wantErr).length
    t.ok(valid > 5, `${valid} of them are to be accepted, so that refusing everything does not pass`)
    tally(t, 'vectors', { held, of: all.length, excepted: 1 })
  },
)

t.test('what checks an export writes JSON as RFC 8785 has it', { skip: noVectors('jcs') }, async (t) => {
  let held = 0
  const names = readdirSync(join(VECTORS, 'jcs/input'))
  for (const name of names) {
    const input: unknown = JSON.parse(readFileSync(join(VECTORS, 'jcs/input', name), 'utf8'))
    const output = readFileSync(join(VECTORS, 'jcs/output', name), 'utf8')
    if (t.equal(canonicalText(input), output, name) && t.equal(canonical(input), output, `${name} by the library`))
      held++
  }
  t.equal(names.length, 6)
  tally(t, 'vectors', { held, of: names.length })
})

if (!existsSync(VECTORS)) console.error(`NO VECTORS at ${VECTORS}: published proofs were not tried. Set VECTORS_DIR.`)
