/** Host and port of the Pub/Sub emulator, null where Google's service is meant: as Google's own clients decide it. */
export function emulatorHost(): string | null {
  return process.env.PUBSUB_EMULATOR_HOST || null;
}
