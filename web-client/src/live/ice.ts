// The servers by which media finds a way out of networks that let little through: asked for before a connection is made.

/** Where to ask, beside where an offer is posted; null for any other address. */
export function icePath(endpoint: string): string | null {
  const found = /^(.*)\/(?:whip|whep\/[^/]+)$/.exec(endpoint);
  return found && `${found[1]}/ice`;
}

/** TURN servers with fresh credentials; none where the server names none, or does not answer. */
export async function iceServers(endpoint: string, signal?: AbortSignal): Promise<RTCIceServer[]> {
  const path = icePath(endpoint);
  if (path === null) return [];
  try {
    const response = await fetch(path, signal ? { signal } : {});
    return response.ok ? read(await response.json()) : [];
  } catch (error) {
    if (signal?.aborted) throw error;
    // Most networks need none.
    return [];
  }
}

function read(body: unknown): RTCIceServer[] {
  const list = (body as { ice_servers?: unknown } | null)?.ice_servers;
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const { urls, username, credential } = (one ?? {}) as Record<string, unknown>;
    const fits = Array.isArray(urls) && urls.every((url) => typeof url === "string" && /^turns?:/.test(url));
    return fits && typeof username === "string" && typeof credential === "string"
      ? [{ urls: urls as string[], username, credential }]
      : [];
  });
}
