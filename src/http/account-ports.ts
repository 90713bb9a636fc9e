import type { Json } from '../domain/decider.ts';
import type { Origin, Principal, TokenPair } from './ports.ts';

/** A person as he and those who administer him see him. `locationIds` null: every location. */
export type AccountView = {
  readonly id: string;
  readonly email: string;
  readonly full_name: string;
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
  readonly terminalId: string | null;
  readonly disabled: boolean;
  readonly second_factor: boolean;
  readonly created_at: string;
};
export type Preferences = { readonly [name: string]: Json };
/** `roles` are those that count; `withheld` wait for a second factor, or for a password of one's own. */
export type MeView = Omit<AccountView, 'disabled'> & { readonly withheld: readonly string[]; readonly preferences: Preferences };

export type Registration = { readonly email: string; readonly password: string; readonly full_name: string };

/** What people do with their own accounts. Refusals are thrown. */
export type Accounts = {
  /** Says the same whether or not the address is taken already. */
  readonly register: (registration: Registration, from: Origin) => Promise<void>;
  readonly me: (principal: Principal) => Promise<MeView>;
  readonly changeMe: (
    principal: Principal,
    changes: { readonly full_name?: string; readonly preferences?: Preferences },
  ) => Promise<MeView>;
  /** Ends all other sessions. */
  readonly changePassword: (
    principal: Principal,
    passwords: { readonly current_password: string; readonly new_password: string },
    from: Origin,
  ) => Promise<void>;
};

/** Codes of an authenticator, asked for beside the password. Refusals are thrown. */
export type SecondFactorSetup = {
  /** A new secret, of no effect until confirmed. */
  readonly begin: (principal: Principal, password: string) => Promise<{ readonly secret: string; readonly uri: string }>;
  /** Recovery codes, shown once. */
  readonly confirm: (principal: Principal, code: string, from: Origin) => Promise<readonly string[]>;
  readonly remove: (principal: Principal, code: string, from: Origin) => Promise<void>;
};

/** A new password for who has forgotten his: by a link that is mailed and good once. */
export type PasswordResets = {
  /** Says the same whether or not there is such an account. */
  readonly request: (email: string, from: Origin) => Promise<void>;
  readonly confirm: (reset: { readonly token: string; readonly new_password: string }, from: Origin) => Promise<void>;
};

export type SessionView = {
  readonly id: string;
  readonly user_id: string;
  readonly method: 'password' | 'pin' | 'terminal';
  readonly terminalId: string | null;
  readonly created_at: string;
  readonly used_at: string;
  readonly expires_at: string;
  /** The one that asks. */
  readonly current: boolean;
};

/** Sessions as their refresh tokens: never the value itself. Null: no such one, or none the asker may see. */
export type SessionRegister = {
  readonly list: (principal: Principal, userId: string | null) => Promise<readonly SessionView[]>;
  readonly show: (principal: Principal, id: string) => Promise<SessionView | null>;
  readonly revoke: (principal: Principal, id: string, from: Origin) => Promise<boolean>;
};

export type UserGrants = { readonly roles: readonly string[]; readonly locationIds: readonly string[] | null };
export type NewAccount = UserGrants & { readonly email: string; readonly password: string; readonly full_name: string };
export type AccountChanges = Partial<UserGrants> & {
  readonly full_name?: string;
  readonly email?: string;
  readonly password?: string;
  readonly disabled?: boolean;
  /** False: takes away the second factor of who has lost his. */
  readonly second_factor?: false;
  /** One's own, where one changes with what one logs in oneself. */
  readonly current_password?: string;
};
export type UserFilter = { readonly email: string | null; readonly limit: number; readonly after: string | null };

/**
 * What those who administer people do, within their locations. Others' people do not exist for them, and nobody gives or takes
 * what he does not hold himself. Null: no such person, or none the asker may see. Refusals are thrown.
 */
export type Administration = {
  readonly list: (places: Places, filter: UserFilter) => Promise<{ readonly items: readonly AccountView[]; readonly next: string | null }>;
  readonly show: (places: Places, id: string) => Promise<AccountView | null>;
  readonly create: (by: Principal, places: Places, account: NewAccount, from: Origin) => Promise<AccountView>;
  readonly change: (by: Principal, places: Places, id: string, changes: AccountChanges, from: Origin) => Promise<AccountView | null>;
  readonly remove: (by: Principal, places: Places, id: string, from: Origin) => Promise<boolean>;
};
/** Null: everywhere. */
export type Places = readonly string[] | null;

export type RoleView = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** Null: wherever its holder may be. */
  readonly locationId: string | null;
};
/** Null: no such role, or none the asker may see. */
export type CustomRoles = {
  readonly list: (places: Places) => Promise<readonly RoleView[]>;
  readonly define: (by: Principal, places: Places, role: Omit<RoleView, 'id'>, from: Origin) => Promise<RoleView>;
  readonly change: (by: Principal, places: Places, id: string, permissions: readonly string[], from: Origin) => Promise<RoleView | null>;
  readonly remove: (by: Principal, places: Places, id: string, from: Origin) => Promise<boolean>;
};

export type TerminalView = {
  readonly id: string;
  readonly terminalId: string;
  readonly locationIds: Places;
  readonly disabled: boolean;
};
/** Terminals that people share. Refusals are thrown. */
export type Terminals = {
  readonly list: (places: Places) => Promise<readonly TerminalView[]>;
  /** Its tokens are shown once. */
  readonly enrol: (
    by: Principal,
    places: Places,
    terminal: { readonly name: string; readonly locationId: string },
    from: Origin,
  ) => Promise<TerminalView & { readonly tokens: TokenPair }>;
};

/** Six digits that name one person at a shared terminal; made by the program, shown once. Refusals are thrown. */
export type Pins = {
  /** One's own, against the password. */
  readonly issueOwn: (principal: Principal, password: string, from: Origin) => Promise<string>;
  /** Asked by a terminal for whoever stands at it. */
  readonly signIn: (terminal: Principal, pin: string, from: Origin) => Promise<TokenPair>;
};

/** Another's word for one thing, given with his PIN. */
export type Approved = { readonly approverId: string; readonly places: Places };
export type Approvals = {
  readonly give: (
    at: Principal,
    approval: { readonly pin: string; readonly permission: string; readonly subject: string },
    from: Origin,
  ) => Promise<{ readonly approval: string; readonly approved_by: string; readonly expires_in: number }>;
  /** Where asker and approver both may do this; null: none was given for it, at this terminal, or it is too old. */
  readonly redeem: (
    by: Principal,
    approval: { readonly token: string; readonly permission: string; readonly subject: string },
  ) => Promise<Approved | null>;
};
