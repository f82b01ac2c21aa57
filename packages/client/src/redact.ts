/** Takes the values of these headers out of a text. What a server says may repeat what it was sent. */
export function createRedact(headers: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(headers)
    .flatMap((value) => [value, value.replace(/^(Bearer|Basic)\s+/i, '')])
    // Short values, such as a version number, are no secrets, and would blank out half of every text.
    .filter((value) => value.length >= 6)
    .sort((one, other) => other.length - one.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}
