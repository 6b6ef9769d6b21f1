/**
 * Rows of which something is answered otherwise than written, and why. docs/threat-model.md says the same to readers, with what is
 * answered (test/rows.test.ts compares). What is told so counts as excepted, not as held.
 */
export const DEVIATIONS: Readonly<Record<number, string>> = {
  6: 'The specification of GraphQL takes one thing for a list of one, and every client library counts on it.',
  9: 'GraphQL has one address for everything; there a decision that long is refused by the limits of its texts.',
  19: 'A key that is unknown is named as unknown, however many there are and however long it is: that says more.',
  25: 'The service makes its own trace id and reads none, so there is nothing to refuse.',
  33: 'What is kept is not annotated; whoever shows it as text or as a page sees a sign in the place of each.',
  37: 'The one reader of both surfaces limits texts, which the database holds whatever their length; keys it limits as the service does.',
  48: 'The service is for children and for those who were in care up to 25; a reason cannot make an older person a child.',
  52: 'A day that was not yet is a slip of the pen, and ages and periods would be computed from it; the sender can mend it at once.',
  65: 'What is no date is wrong in shape, and what stands in the way of another version can be right tomorrow.',
  67: 'The evidence behind a reason in a page of referrals lies 15 deep; cost is limited by itself.',
  71: 'The limit of a body is that of HTTP, and is found before anybody knows that it is GraphQL.',
  81: 'Whoever is kin is not to learn that there is a record at all; the refused look is in the log of accesses.',
  85: 'Nobody can search for names at all. Whoever works through a queue looks at many records, so that many looks are told to others and do not stop the work; the quota of requests does.',
}

/** Rows that exist on one surface only, and why. */
export const ONE_SURFACE: Readonly<Record<number, string>> = {
  23: 'A parameter given twice, empty or in brackets: GraphQL has no query string; its variables are rows 5 to 7.',
}
