/** COSBrowser has no setting for an endpoint: spec/clients.md §5. */
import type { Client } from '../types.ts';

export const cosbrowser: Client = {
  id: 'cosbrowser',
  title: 'COSBrowser',
  forms: {},
  note: {
    en: "The desktop program has no setting for an endpoint and asks Tencent's names over `https`. Setting the server as its HTTP proxy and trusting the server's certificate authority (`cosette trust`) may work; it is not promised.",
    zh: '桌面版没有 endpoint 设置，固定通过 `https` 访问腾讯云域名。可以尝试把服务器设为它的 HTTP 代理，并信任服务器的证书颁发机构（`cosette trust`），但不保证可用。',
  },
};
