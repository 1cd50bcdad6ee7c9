/** Something that the user can mend: one sentence that says what is wrong and what to do. */
export class SinewError extends Error {
  override readonly name = 'SinewError';
}
