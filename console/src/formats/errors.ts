/** A file that is not what its name says, or that this reader does not know. The message is for people. */
export class FormatError extends Error {
  override name = 'FormatError';
}

/** The bytes could not be fetched. `status` is 0 when no answer came at all. */
export class ReadError extends Error {
  override name = 'ReadError';
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
