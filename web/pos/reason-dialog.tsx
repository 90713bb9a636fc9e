import type { JSX, TargetedSubmitEvent } from 'preact';
import { Dialog } from '../shared/dialog.tsx';
import { typedIn } from '../shared/typed-in.ts';

type Props = {
  readonly title: string;
  readonly reasons: readonly string[];
  readonly give: (reason: string) => void;
  readonly close: () => void;
};

export const ReasonDialog = ({ title, reasons, give, close }: Props): JSX.Element => {
  const choose = (reason: string): void => {
    give(reason);
    close();
  };
  const typed = (event: TargetedSubmitEvent<HTMLFormElement>): void => choose(typedIn(event)('reason').trim());
  return (
    <Dialog title={title} close={close}>
      <div class="choices">
        {reasons.map((reason) => (
          <button key={reason} onClick={() => choose(reason)}>
            {reason}
          </button>
        ))}
      </div>
      <form class="other-reason" onSubmit={typed}>
        <input name="reason" required maxLength={200} pattern=".*\S.*" placeholder="Another reason" aria-label="Another reason" />
        <button type="submit">Give</button>
      </form>
    </Dialog>
  );
};
