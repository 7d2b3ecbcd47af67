/** What `cosette env` is made of: facts about a server, and clients that turn them into text to paste. */

export const LANGS = ['en', 'zh'] as const;
export type Lang = (typeof LANGS)[number];
export type Text = Readonly<Record<Lang, string>>;

/** The ways a client can reach the server: spec/clients.md §1. */
export const FORMS = ['ip', 'domain', 'proxy', 'https'] as const;
export type Form = (typeof FORMS)[number];

export interface ServerFacts {
  /** Address or name that clients use; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of `port`; `https` only in the form of that name. */
  readonly scheme: 'http' | 'https';
  readonly region: string;
  readonly appid: string;
  /** `<name>-<appid>` */
  readonly bucket: string;
  /** A base domain that is not the service's; '' when there is none. */
  readonly domain: string;
  /** The server also has the names of AWS. Default: false. */
  readonly aws?: boolean | undefined;
  readonly secretId: string;
  /** The key, or `KEY_PLACEHOLDER`. */
  readonly secretKey: string;
  /** Of the TLS listener, if there is one. */
  readonly tlsPort?: number | undefined;
  /** PEM of the local certificate authority; none where the operator has a certificate of their own. */
  readonly caFile?: string | undefined;
}

export interface Snippet {
  readonly caption: Text;
  /** For the fence: `js`, `python`, `sh` … */
  readonly language: string;
  /** The file it belongs in, where the client fixes one. */
  readonly file?: string;
  /** Ends without a newline. */
  readonly text: string;
}

export type Render = (server: ServerFacts) => readonly Snippet[];

export interface Client {
  /** Lower case; the name on the command line. */
  readonly id: string;
  readonly title: string;
  readonly aliases?: readonly string[];
  /** The first is the one to try first. In `https`, port and scheme are already those of the TLS listener. */
  readonly forms: Readonly<Partial<Record<Form, Render>>>;
  readonly note?: Text;
  /** The form `proxy` is about the names of AWS, which a server must have been told of. Default: false. */
  readonly proxyOfAws?: boolean;
}

/** Stands for a SecretKey that is not shown. */
export const KEY_PLACEHOLDER = 'SECRET_KEY';
