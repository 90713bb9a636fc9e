/** How many letters must be put in, taken out, exchanged, or swapped with their neighbour. */
const distance = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const cell = (up: number, column: number): number => rows[i - up]?.[column] ?? Infinity;
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(2, j - 2) + 1 : Infinity;
      row.push(Math.min(cell(1, j) + 1, (row[j - 1] ?? Infinity) + 1, cell(1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swapped));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
};

/** The known name most likely meant; null where none is near. */
export const closest = (name: string, known: readonly string[]): string | null => {
  const near = known.map((candidate) => ({ candidate, steps: distance(name, candidate) })).toSorted((a, b) => a.steps - b.steps)[0];
  return near !== undefined && near.steps <= Math.max(2, name.length / 4) ? near.candidate : null;
};
