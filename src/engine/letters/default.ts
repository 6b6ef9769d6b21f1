/** The product's own wording of letters, for policies that bring none. */
import type { AcknowledgementTemplate, FeedbackTemplate } from '../policy/letter-items.ts'

export const ACKNOWLEDGEMENT: AcknowledgementTemplate = {
  subject: 'We have received your referral {{reference}}',
  body: [
    'Thank you for telling us. We received your referral on {{received}}.',
    'A social-work-qualified person decides what happens next by {{dueBy}}. You will be told what was decided and why.',
    'If you learn more or things change, do not wait for our answer. Send it to us under the reference {{reference}}.',
    'If you disagree with what is decided, you may ask these people to look again, one after the other: {{escalation}}',
    '{{signedBy}}',
  ],
}

export const FEEDBACK: FeedbackTemplate = {
  subject: 'What was decided on your referral {{reference}}',
  opening: [
    'Thank you for your referral of {{received}}. A social-work-qualified person has looked at it, with what others know, and has decided.',
    'We give you our reasons so far as they rest on what you told us. What others told us in confidence we do not pass on.',
  ],
  child: [
    'Decided: {{decision}}.',
    '{{feedback}}',
    'In {{document}} this is the level “{{level}}”. It says: {{meaning}}',
    'What the document says to what you told us: {{reasons}}',
    'What has been arranged with the family: {{help}}',
    'Other help that is there for needs like these: {{support}}',
  ],
  closing: [
    'What would make your next referral more useful: {{quality}}',
    'If things change or you learn more, send it to us at once under the reference {{reference}}. A decision is looked at again when there is something new.',
    'If you disagree, say so. You may ask these people to look again, one after the other: {{escalation}}',
    '{{signedBy}}',
  ],
}

export const FAMILY: FeedbackTemplate = {
  subject: 'What was decided about {{authority}} helping your family',
  opening: [
    'Somebody who was concerned for your family spoke to us. A social-work-qualified person has looked at what could help, and has decided.',
  ],
  child: [
    'For {{child}} it was decided: {{decision}}.',
    'In {{document}}, which anybody may read, this is the level “{{level}}”. It says: {{meaning}}',
    'What has been arranged with you: {{help}}',
    'Other help that is there: {{support}}',
  ],
  closing: [
    'You may ask us to explain this, and tell us where you see it otherwise. You may ask to see what we hold about you.',
    'If you disagree, these people can be asked to look again, one after the other: {{escalation}}',
    '{{signedBy}}',
  ],
}
