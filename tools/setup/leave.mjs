import { SetupError, say } from './say.mjs';

/** Runs a part of the set-up; what stops it is printed as one message and becomes the exit code. */
export async function leaveWith(part) {
  try {
    await part();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}
