/** What later features read of policies. */
export { compiledPolicy } from './compiled.ts'
export { calendarWithHash, readCalendar } from './files.ts'
export { getVersion, type PolicyRow, versionInForce } from './queries.ts'
