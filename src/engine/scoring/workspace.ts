/**
 * Room to score in, kept for each compiled policy, so that a child costs no lists of the size of the policy.
 * Whoever takes a workspace has it alone until done: scoring from within scoring takes another one. One whose use failed
 * half-way is never given back, so that nobody can come upon what is left of another child.
 */
import { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import { Answers } from './answers.ts'
import { Weighed } from './weigh.ts'

export interface Workspace {
  readonly state: ChildState
  readonly weighed: Weighed
  /** For trying again: as a whole, or as if something else were found. */
  readonly tried: Weighed
  readonly answers: Answers
  /** Where the text of each finding was written, by its place in the state's order: from and to. */
  readonly spans: Int32Array
}

const idle = new WeakMap<Policy, Workspace[]>()

/** Lends a workspace. What `use` returns may not refer to it. */
export function withWorkspace<T>(policy: Policy, use: (workspace: Workspace) => T): T {
  let workspaces = idle.get(policy)
  if (workspaces === undefined) {
    workspaces = []
    idle.set(policy, workspaces)
  }
  const workspace = workspaces.pop() ?? workspaceFor(policy)
  const result = use(workspace)
  workspace.state.clear()
  workspaces.push(workspace)
  return result
}

function workspaceFor(policy: Policy): Workspace {
  return {
    state: new ChildState(policy.frame),
    weighed: new Weighed(policy),
    tried: new Weighed(policy),
    answers: new Answers(policy),
    spans: new Int32Array(2 * policy.indicators.length),
  }
}
