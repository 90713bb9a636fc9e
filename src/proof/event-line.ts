type Written = {
  readonly type: string;
  /** JSON, as it is stored to the letter. */
  readonly data: string;
  readonly eventId: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  /** JSON, as it is stored to the letter. */
  readonly metadata: string;
  readonly recordedAt: string;
};

/** An event's canonical text, as the export has it and as PostgreSQL's `event_line` writes it. */
export const eventLine = ({ type, data, eventId, position, stream, revision, metadata, recordedAt }: Written): string =>
  `{"type":${JSON.stringify(type)},"data":${data},"eventId":"${eventId}","position":${position},"stream":${JSON.stringify(stream)}` +
  `,"revision":${revision},"metadata":${metadata},"recordedAt":"${recordedAt}"}`;
