/** What later features read of policies. */
export { compiledPolicy } from './compiled.ts'
export { getVersion, type PolicyRow, versionInForce } from './queries.ts'
