export type BackupCode =
  | 'backup-damaged'
  | 'backup-unknown'
  | 'backup-file-exists'
  | 'backup-log-elsewhere'
  | 'backup-nothing-there'
  | 'restore-not-empty'
  | 'restore-in-use';

/** A backup cannot be made or restored; the message says what to do. */
export class BackupRefused extends Error {
  readonly code: BackupCode;
  constructor(code: BackupCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BackupRefused';
    this.code = code;
  }
}
