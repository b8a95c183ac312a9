/** What was made under a key, or is being made; made now if it was not. Nothing is kept of what fails. */
export type Remembered = <T>(key: string, make: () => Promise<T>) => Promise<T>;

/** @param most how many are kept; the oldest goes first. */
export function createRemembered(most: number): Remembered {
  const made = new Map<string, Promise<unknown>>();
  return <T>(key: string, make: () => Promise<T>): Promise<T> => {
    // The key names the method and all that its value depends on, so what is found under it is of its type.
    const known = made.get(key) as Promise<T> | undefined;
    if (known) return known;
    const value = make();
    const oldest = made.keys().next();
    if (made.size >= most && !oldest.done) made.delete(oldest.value);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}
