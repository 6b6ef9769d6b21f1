/** What later features read of policies. */
export { compiledPolicy, type StoredPolicy } from './compiled.ts'
export {
  checkTexts,
  filesOf,
  isError,
  type LoadedPolicy,
  namedDocuments,
  type PolicyTexts,
  readCalendar,
  storedFiles,
} from './files.ts'
export { PolicyFilesShown, PolicyVersion } from './model.ts'
export { storeVersion } from './publish.ts'
export { getVersion, type PolicyRow, sourceOf, versionInForce } from './queries.ts'
export { HOTFIX_APPROVAL_HOURS, type RegisteredVersion, registerOf } from './register.ts'
export { shownVersion } from './shown.ts'
export { appliesOn, inOrder, isCalledOff, isRetired, stateOn } from './timeline.ts'
