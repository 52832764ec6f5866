/** Whether a host is this machine, by its name alone: what never leaves it may go unencrypted. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
