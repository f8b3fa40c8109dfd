import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a browser sent the request on behalf of another site. A browser says so itself where it
 * trusts the connection (`Sec-Fetch-Site`); elsewhere `Origin` has to name this host. Programs
 * send neither and pass.
 */
export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}
