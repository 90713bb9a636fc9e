import { useState } from 'preact/hooks';
import type { JSX, TargetedSubmitEvent } from 'preact';
import { problemOf } from '../shared/answers.ts';
import { typedIn } from '../shared/typed-in.ts';

const send = async (token: string, password: string): Promise<void> => {
  const response = await fetch('/api/v1/auth/password/reset', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, new_password: password }),
  });
  if (!response.ok) throw await problemOf(response);
};

export const NewPassword = ({ token }: { token: string }): JSX.Element => {
  const [state, setState] = useState<'asking' | 'sending' | 'done'>('asking');
  const [refusal, setRefusal] = useState<string | null>(token === '' ? 'Open this page with the link from the mail.' : null);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    const typed = typedIn(event);
    setState('sending');
    setRefusal(null);
    try {
      await send(token, typed('password'));
      setState('done');
    } catch (failure) {
      setRefusal(failure instanceof Error ? failure.message : String(failure));
      setState('asking');
    }
  };

  return (
    <main class="entrance">
      <form class="sheet" onSubmit={(event) => void submit(event)} aria-labelledby="title">
        <p class="brand">Brigade</p>
        <h1 id="title">New password</h1>
        {state === 'done' ? (
          <p role="status">Your new password is set. Log in with it where you were.</p>
        ) : (
          <>
            <label>
              New password
              <input name="password" type="password" autocomplete="new-password" minlength={12} maxlength={128} required autofocus />
            </label>
            {refusal !== null && (
              <p class="refusal" role="alert">
                {refusal}
              </p>
            )}
            <button class="primary" type="submit" disabled={state === 'sending' || token === ''}>
              Set it
            </button>
          </>
        )}
      </form>
    </main>
  );
};
