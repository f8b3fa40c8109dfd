const holdsSecret = /(?:^|_)(?:pass|password|passwd|passphrase|secret|token|key|authorization)s?$/i;
const mayHoldSecret = /(?:^|_)credentials?$/i;

/** Whether everything below a key is secret by the key's name; files' paths are none. */
export function isSecretKey(key: string): boolean {
  return holdsSecret.test(key);
}

/** Whether a single value of this key could be a secret, though a map may stand there too. */
export function isSecretValueKey(key: string): boolean {
  return isSecretKey(key) || mayHoldSecret.test(key);
}

/** What a value of such a key may be, in words. */
export const FILE_TEXT = "the path of a file that the agent can read";

/** Whether a key holds the path of a file. */
export function isFileKey(key: string): boolean {
  return key.endsWith("_file");
}
