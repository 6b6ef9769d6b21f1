/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { subjectAccess } from './operations.ts'

export const subjectAccessOperations: readonly Operation[] = [subjectAccess]
