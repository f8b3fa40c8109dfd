import { readFileSync } from "node:fs";
import { AgentError } from "../../errors.ts";
import type { ServerLog } from "../readers.ts";
import { type TlsMaterial, readPem, tlsMaterial } from "./tls-material.ts";
import { type WebConfig, parseWebConfig } from "./web-config.ts";

/** bcrypt's cost from which a single login takes seconds. */
const HIGHEST_COST = 14;

/** Hears whether the web configuration file is good, each time that changes. */
export type WebConfigListener = (good: boolean) => void;

/**
 * The web configuration file as it is on disk now: looked at again for every request and every TLS
 * connection, and read anew when it has changed. Contents are compared, not times: two changes
 * within one tick of the file system's clock must not hide each other.
 */
export class LiveWebConfig {
  readonly #file: string;
  readonly #log: ServerLog;
  readonly #onChange: WebConfigListener;
  #text: string;
  #config: WebConfig;
  #material: TlsMaterial | null;
  /** Why the file cannot be used at present. */
  #broken: string | null = null;
  /** Why the new certificate files cannot be used at present. */
  #brokenFiles: string | null = null;

  /** Throws an `AgentError` when the file or one that it names cannot be used. */
  constructor(file: string, log: ServerLog, onChange: WebConfigListener) {
    this.#file = file;
    this.#log = log;
    this.#onChange = onChange;
    this.#text = readText(file);
    this.#config = parseWebConfig(file, this.#text);
    this.#material = materialOf(this.#config);
    this.#warnOfSlowLogins();
  }

  /** The last good settings. */
  get lastGood(): WebConfig {
    return this.#config;
  }

  /** The settings as the file has them now; null while it is broken. */
  current(): WebConfig | null {
    try {
      const text = readText(this.#file);
      if (text !== this.#text || this.#broken !== null) this.#take(text);
    } catch (error) {
      this.#fail(error);
    }
    return this.#broken === null ? this.#config : null;
  }

  /**
   * What the next handshake uses; null when TLS is off. A certificate file that is missing or half
   * written leaves the old certificate in place.
   */
  tls(): TlsMaterial | null {
    const config = this.current();
    if (config === null || config.tls === null || this.#material === null) return this.#material;
    try {
      const pem = readPem(config.tls);
      const { cert, key, clientCa } = this.#material.pem;
      if (pem.cert !== cert || pem.key !== key || pem.clientCa !== clientCa) {
        this.#material = tlsMaterial(config.tls, pem);
      }
      this.#brokenFiles = null;
    } catch (error) {
      const message = messageOf(error);
      if (message !== this.#brokenFiles) {
        this.#log.error({ error: message }, "TLS files cannot be used, the old ones stay");
      }
      this.#brokenFiles = message;
    }
    return this.#material;
  }

  #take(text: string): void {
    const config = parseWebConfig(this.#file, text);
    if (clientsAreAsked(config) !== clientsAreAsked(this.#config)) {
      throw new AgentError(
        "CONFIG_INVALID",
        `${this.#file}: turning TLS or client certificates on or off needs a restart`,
      );
    }
    this.#material = materialOf(config);
    this.#config = config;
    this.#text = text;
    this.#warnOfSlowLogins();
    if (this.#broken === null) return;
    this.#broken = null;
    this.#log.warn({}, "the web configuration is good again");
    this.#onChange(true);
  }

  #warnOfSlowLogins(): void {
    for (const [user, hash] of this.#config.users) {
      if (Number(hash.slice(4, 6)) <= HIGHEST_COST) continue;
      this.#log.warn({ user }, "the bcrypt cost of this user is so high that others wait for it");
    }
  }

  #fail(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#broken) return;
    this.#log.error({ error: message }, "the web configuration is broken, nobody is let in");
    const wasGood = this.#broken === null;
    this.#broken = message;
    if (wasGood) this.#onChange(false);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    throw new AgentError("CONFIG_UNREADABLE", `${file}: ${code}`, { cause: error });
  }
}

function materialOf({ tls }: WebConfig): TlsMaterial | null {
  return tls === null ? null : tlsMaterial(tls, readPem(tls));
}

/** What a listening server cannot change: whether it speaks TLS and asks for certificates. */
function clientsAreAsked({ tls }: WebConfig): boolean | null {
  return tls === null ? null : tls.clientAuthType !== "NoClientCert";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
