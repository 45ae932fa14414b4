const ADDRESS = /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,255}$/u;

/** Gives an address in the form in which it names a person, if it is one. */
export function verifiedEmail(text: string): { email?: string } {
  const email = text.trim().toLowerCase();
  return ADDRESS.test(email) ? { email } : {};
}
