import type { Message } from './decider.ts';
import type { LocationId, UserId } from './ids.ts';

/** `userId` null: nobody has the e-mail address, or the PIN, that was given. */
type OfAccount = { readonly userId: UserId };
type Tried = { readonly userId: UserId | null };
type OfSession = OfAccount & { readonly sessionId: string };
type Grants = { readonly roles: readonly string[]; readonly locationIds: readonly LocationId[] | null };

export type LoginMethod = 'password' | 'password-and-code' | 'password-and-recovery-code' | 'pin';

/**
 * What happened to accounts, for whoever audits them. Accounts are kept in tables, not folded from these: there is nothing to decide
 * from. No name, address or secret is in them.
 */
export type AccountEvent =
  | Message<'AccountRegistered', OfAccount & Grants>
  | Message<'AccountGranted', OfAccount & Grants>
  | Message<'AccountDisabled', OfAccount>
  | Message<'AccountEnabled', OfAccount>
  | Message<'AccountRemoved', OfAccount>
  | Message<'AccountLoggedIn', OfSession & { readonly method: LoginMethod }>
  | Message<'AccountLoginRefused', Tried & { readonly reason: string }>
  | Message<'AccountLocked', Tried & { readonly of: 'account' | 'address' | 'device' | 'terminal'; readonly seconds: number }>
  | Message<'AccountSessionEnded', OfSession & { readonly reason: 'logout' | 'revoked' | 'token-reused' }>
  | Message<'AccountPasswordChanged', OfAccount & { readonly by: 'owner' | 'reset' | 'administrator' }>
  | Message<'AccountPasswordResetRequested', Tried>
  | Message<'AccountEmailChanged', OfAccount>
  | Message<'AccountSecondFactorEnrolled', OfAccount>
  | Message<'AccountSecondFactorRemoved', OfAccount>
  | Message<'AccountPinIssued', OfAccount>
  | Message<'AccountTerminalEnrolled', OfAccount & { readonly terminalId: string; readonly locationId: LocationId }>
  | Message<'AccountApprovalGiven', OfAccount & { readonly permission: string; readonly subject: string }>;

type OfRole = { readonly roleId: string };
export type RoleDefinition = {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly locationId: LocationId | null;
};

/** Roles that a restaurant makes for itself. */
export type RoleEvent =
  | Message<'RoleDefined', OfRole & RoleDefinition>
  | Message<'RoleChanged', OfRole & RoleDefinition>
  | Message<'RoleRemoved', OfRole>;
