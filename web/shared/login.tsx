import { useState } from 'preact/hooks';
import type { JSX, TargetedSubmitEvent } from 'preact';
import type { Session } from './session.ts';
import { typedIn } from './typed-in.ts';

export const Login = ({ session, title }: { session: Session; title: string }): JSX.Element => {
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    const typed = typedIn(event);
    setSending(true);
    setRefusal(null);
    try {
      await session.login(typed('email').trim(), typed('password'));
    } catch (failure) {
      setRefusal(failure instanceof Error ? failure.message : String(failure));
      setSending(false);
    }
  };

  return (
    <main class="entrance">
      <form class="sheet" onSubmit={(event) => void submit(event)} aria-labelledby="login-title">
        <p class="brand">Brigade</p>
        <h1 id="login-title">{title}</h1>
        <label>
          E-mail
          <input name="email" type="email" autocomplete="username" required autofocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {refusal !== null && (
          <p class="refusal" role="alert">
            {refusal}
          </p>
        )}
        <button class="primary" type="submit" disabled={sending}>
          {sending ? 'Logging in …' : 'Log in'}
        </button>
      </form>
    </main>
  );
};
