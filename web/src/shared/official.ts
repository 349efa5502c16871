/** The hosts of which the hub says in `/.well-known/zhengzhao.json` that they are its own; else the one this page came from. */
export async function officialHosts(): Promise<string[]> {
  try {
    const { statement } = (await (await fetch('/.well-known/zhengzhao.json')).json()) as { statement: string };
    const hosts = (JSON.parse(statement) as { hosts?: string[] }).hosts ?? [];
    return hosts.length > 0 ? hosts.map((address) => new URL(address).host) : [location.host];
  } catch {
    return [location.host];
  }
}
