import type { Json } from '../domain/decider.ts';
import type { Origin, Principal } from './ports.ts';

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
/** `roles` are those that count; `withheld` wait for a second factor. */
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
