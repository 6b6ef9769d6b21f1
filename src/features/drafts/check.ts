/** What a draft says, checked: every problem, every case. Checked once for the same texts. */
import { type Policy, sha256 } from '../../engine/index.ts'
import { readYaml } from '../../engine/policy/read.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import {
  checkTexts,
  compiledPolicy,
  filesOf,
  isError,
  type LoadedPolicy,
  type PolicyTexts,
  type StoredPolicy,
  storedFiles,
} from '../policies/index.ts'
import type { PolicyCheck, PolicyFilesInput } from './model.ts'
import type { DraftRevisionRow } from './queries.ts'

const CHECKED_MAX = 16
const checked = new Map<string, LoadedPolicy>()

/** The files as they are stored: what is not there is null. */
export function textsOf({ policy, base, cases }: PolicyFilesInput): PolicyTexts {
  return { policy, base: base ?? null, cases: cases ?? null }
}

/** Hash of the cases that go with a policy; of the empty text where there are none. */
export function casesHash({ cases }: PolicyTexts): string {
  return sha256(cases ?? '')
}

/**
 * A draft may be wrong, and yet somebody has to be able to work on it: what cannot be read, or says one thing in two ways, is
 * not taken.
 * @throws Refusal invalid_input with every place at which a file cannot be read
 */
export function requireReadable(texts: PolicyTexts): PolicyTexts {
  const wrongs = (['policy', 'base', 'cases'] as const).flatMap((name): Wrong[] => {
    const { problems } = readYaml(`${name}.yaml`, texts[name] ?? '')
    return problems.map((problem) => ({ ...wrongOf(problem), pointer: `/files/${name}` }))
  })
  if (wrongs.length === 0) return texts
  throw new Refusal('invalid_input', 'A file cannot be read as YAML; every place is listed.', {
    errors: wrongs.slice(0, WRONGS_MAX),
  })
}

export function checkFiles(texts: PolicyTexts): LoadedPolicy {
  const hash = storedFiles(texts).filesHash
  const known = checked.get(hash)
  if (known) return known
  const result = checkTexts(texts)
  if (checked.size >= CHECKED_MAX) checked.delete(checked.keys().next().value ?? '')
  checked.set(hash, result)
  return result
}

/**
 * The policy of a submission, as it was submitted, or of a revision of a draft, as it compiles now.
 * @throws Refusal policy_has_errors for a revision that does not compile; integrity_violation for a stored document that
 *   is not the one that its hash names.
 */
export function draftPolicy(row: StoredPolicy | DraftRevisionRow): Policy {
  return 'document' in row ? compiledPolicy(row) : requirePolicy(checkFiles(filesOf(row)))
}

function requirePolicy({ policy, problems }: LoadedPolicy): Policy {
  if (policy && !problems.some(isError)) return policy
  throw new Refusal('policy_has_errors', 'The policy cannot be used; every error is listed with its place.', {
    errors: problems.filter(isError).slice(0, WRONGS_MAX).map(wrongOf),
  })
}

const WRONGS_MAX = 50

function wrongOf({ file, line, column, pointer, code, message }: LoadedPolicy['problems'][number]): Wrong {
  return { in: 'body', pointer, code, detail: `${file}:${line}:${column} ${message}` }
}

/**
 * The policy of files that may be submitted: without an error, with cases, each of which comes out as agreed.
 * @throws Refusal policy_has_errors, cases_fail
 */
export function soundPolicy(texts: PolicyTexts): Policy {
  const loaded = checkFiles(texts)
  const policy = requirePolicy(loaded)
  if (loaded.cases.length === 0)
    throw new Refusal('cases_fail', 'The policy has no cases. Give it worked examples that say what should come out.')
  const failing = loaded.cases.filter(({ failures }) => failures.length > 0)
  if (failing.length === 0) return policy
  throw new Refusal('cases_fail', 'Not every case comes out as agreed; those that do not are listed.', {
    errors: failing.slice(0, WRONGS_MAX).map(({ id, failures }) => ({
      in: 'body',
      pointer: '/files/cases',
      code: 'case_fails',
      detail: `${id}: ${failures.join('; ')}`,
    })),
  })
}

export function shownCheck({ policy, problems, cases }: LoadedPolicy): PolicyCheck {
  const errors = problems.filter(isError).length
  const usable = errors === 0 ? policy : undefined
  const isAsAgreed = cases.length > 0 && cases.every(({ failures }) => failures.length === 0)
  return {
    isSubmittable: usable !== undefined && isAsAgreed,
    policy: policy?.id ?? null,
    version: policy?.version ?? null,
    contentHash: usable?.hash ?? null,
    errors,
    warnings: problems.length - errors,
    problems: [...problems],
    cases: cases.map(({ id, title, failures }) => ({ id, title, failures: [...failures] })),
  }
}
