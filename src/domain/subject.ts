import { impossible, type Decider, type Message } from './decider.ts';
import type { SubjectId, UserId } from './ids.ts';

/** `staff`: somebody with an account, by its id. `guest`: those an order was for, by the order's id. */
export type SubjectKind = 'staff' | 'guest';

/** A person, or a party, whose data are kept under a key of their own. */
export type Subject = { readonly id: SubjectId; readonly kind: SubjectKind };

/** Why data are erased. A list and no text: a text might name the person. */
export const erasureReasons = ['requested', 'no-longer-needed', 'consent-withdrawn', 'objected', 'unlawful', 'retention-over'] as const;
export type ErasureReason = (typeof erasureReasons)[number];

type Erasure = {
  readonly subjectId: SubjectId;
  readonly kind: SubjectKind;
  readonly reason: ErasureReason;
  readonly erasedBy: UserId;
};

export type SubjectCommand = Message<'EraseSubject', Erasure>;

export type SubjectEvent = Message<'SubjectErased', Erasure>;

export type SubjectState = { readonly status: 'known' | 'erased' };

const evolve = (_state: SubjectState, event: SubjectEvent): SubjectState => {
  switch (event.type) {
    case 'SubjectErased':
      return { status: 'erased' };
    default:
      return impossible(event.type);
  }
};

/** Whoever was first: nothing of the person is left to erase. */
const decide = ({ status }: SubjectState, { data }: SubjectCommand): readonly SubjectEvent[] =>
  status === 'erased' ? [] : [{ type: 'SubjectErased', data }];

export const subjectDecider: Decider<SubjectState, SubjectCommand, SubjectEvent> = { initial: { status: 'known' }, evolve, decide };
