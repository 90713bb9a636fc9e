import type { JSX } from 'preact';

type Props = {
  readonly label: string;
  readonly covers: number;
  readonly seat: number | null;
  readonly choose: (seat: number | null) => void;
};

export const SeatChooser = ({ label, covers, seat, choose }: Props): JSX.Element => (
  <div class="seats" role="group" aria-label={`${label}: seat`}>
    <span>{label}</span>
    <button aria-pressed={seat === null} onClick={() => choose(null)}>
      All
    </button>
    {Array.from({ length: covers }, (_, index) => index + 1).map((number) => (
      <button key={number} aria-pressed={seat === number} aria-label={`Seat ${number}`} onClick={() => choose(number)}>
        {number}
      </button>
    ))}
  </div>
);
