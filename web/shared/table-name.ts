/** A table as people speak of it: a bare number is no name. */
export const tableTitle = (name: string): string => (/^\d/u.test(name) ? `Table ${name}` : name);
