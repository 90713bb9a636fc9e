/** What a screen remembers in its own address, so that a bookmark or a reload brings it back. */
export const remembered = (name: string): string | null => new URLSearchParams(location.search).get(name);

export const remember = (name: string, value: string | null): void => {
  const address = new URL(location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  history.replaceState(null, '', address);
};
