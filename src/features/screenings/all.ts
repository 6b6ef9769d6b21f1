/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { getAgreement, judgeSecond, pickUp, reconcile, release, returnDecision, signOff } from './operations.ts'
import { finishTask, listTasks, setTask } from './tasks.ts'

export const screeningOperations: readonly Operation[] = [
  pickUp,
  release,
  judgeSecond,
  getAgreement,
  reconcile,
  returnDecision,
  signOff,
  setTask,
  finishTask,
  listTasks,
]
