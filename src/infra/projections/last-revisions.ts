/** How far streams have come that were heard of lately. */
export type LastRevisions = {
  readonly of: (stream: string) => number | undefined;
  readonly put: (stream: string, revision: number) => void;
  readonly clear: () => void;
};

/** Remembers between half the capacity and all of it. Two maps, of which the older is forgotten whole: taking streams out of one costs more than all the rest. */
export const lastRevisions = (capacity: number): LastRevisions => {
  let newer = new Map<string, number>();
  let older = new Map<string, number>();
  return {
    of: (stream) => newer.get(stream) ?? older.get(stream),
    put: (stream, revision) => {
      newer.set(stream, revision);
      if (newer.size <= capacity / 2) return;
      older = newer;
      newer = new Map();
    },
    clear: () => {
      newer = new Map();
      older = new Map();
    },
  };
};
