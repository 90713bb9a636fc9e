import type { JSX } from 'preact';
import type { Desk } from './desk.ts';
import type { OrderView } from './order-view.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { releaseWith } from './release.ts';
import type { TableView } from './tables-view.ts';

type Props = {
  readonly desk: Desk;
  readonly view: OrderView;
  readonly table: TableView | null;
  readonly close: () => void;
  readonly leave: () => void;
};

const REASONS = ['Guests left', 'Opened by mistake', 'Put on another order'];

export const CancelDialog = ({ desk, view, table, close, leave }: Props): JSX.Element => {
  const cancel = (reason: string): void => {
    const cancelled = desk.outbox.add({ type: 'cancel', orderId: view.orderId, reason });
    releaseWith(desk, view, table, cancelled);
    leave();
  };
  return <ReasonDialog title="Cancel the order: why?" reasons={REASONS} give={cancel} close={close} />;
};
